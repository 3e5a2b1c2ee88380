"""The pages over ``app.identity``: signing in, one's own profile, administration of people."""
