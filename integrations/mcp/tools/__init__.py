"""What a model may call: each tool is data, and a function that calls services of memories."""
