// The FEEL editor of the properties panel adds <style> elements of its own. They get the page's nonce, so the policy stays strict.
const nonce = document.querySelector('script[nonce]')?.nonce;
const createElement = document.createElement;

document.createElement = function createWithNonce(tag, options) {
  const element = createElement.call(this, tag, options);
  if (nonce && String(tag).toLowerCase() === 'style') element.nonce = nonce;
  return element;
};
