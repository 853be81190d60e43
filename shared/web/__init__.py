"""HTTP, the same in every service: access, pages of views, problems, OpenAPI and AsyncAPI, health."""
