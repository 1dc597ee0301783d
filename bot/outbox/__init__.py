"""Mail that must leave: written with what caused it, sent by a worker until it is sent or somebody is told that it cannot be."""
