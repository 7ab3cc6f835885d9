"""What all lines of the Elastic Common Schema say. https://www.elastic.co/docs/reference/ecs"""

VERSION = "8.11.0"
SERVICE = "memory-hub"
