"""HTTP, the same in every service: who may read, pages of views, problems, documents of the interfaces, health."""
