package schema

import "strings"

// secretWords give a secret away in a key that no release knows: somebody may
// have misspelt it, and its value is a password all the same.
var secretWords = []string{"passw", "pwd", "secret", "accesskey", "token", "passphrase", "credential"}

// IsSecret reports whether the value of a key is never to be printed.
func IsSecret(key string) bool {
	if p, ok := Lookup(key); ok && !strings.HasSuffix(p.Name, "<any>") {
		return p.Secret
	}
	last := strings.ToLower(key[strings.LastIndexByte(key, '.')+1:])
	for _, word := range secretWords {
		if strings.Contains(last, word) {
			return true
		}
	}
	return false
}
