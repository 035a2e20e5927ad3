//go:build !js

package edit

import "crypto/rand"

// random is a text that nobody guesses, always of one length.
func random() string { return rand.Text() }
