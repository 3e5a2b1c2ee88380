// The token that shows a form came from us belongs to one sign-in. After the next one the page fetches the new token.

/** True when the same person is signed in again and the page may go on; then every form of the page can be sent. */
export async function renewToken(form) {
  const response = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const same = [...page.querySelectorAll('form[data-person]')].find((other) => other.dataset.draftUrl === form.dataset.draftUrl);
  const fresh = same?.querySelector('[name=csrf_token]')?.value;
  if (!fresh || same.dataset.person !== form.dataset.person) return false;
  for (const token of document.querySelectorAll('[name=csrf_token]')) token.value = fresh;
  return true;
}
