"""Who works here: people, teams, areas, roles, absence, sign-in sessions and permissions."""
