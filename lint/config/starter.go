package config

import _ "embed"

// Starter is a file to begin with: everything that can be said, as comments.
//
//go:embed starter.yaml
var Starter string
