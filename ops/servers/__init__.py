"""Starting what Ayllu is made of: servers from packages, the services, and keeping them running."""
