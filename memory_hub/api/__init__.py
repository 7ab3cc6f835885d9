"""What every API has in common: views, strict input, conditional requests, the OpenAPI document."""
