"""How each kind of element behaves when a token comes to it: our classes over the library's."""
