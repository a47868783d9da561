"""app.yaml to a compose file: what both can say, said in compose's words."""
