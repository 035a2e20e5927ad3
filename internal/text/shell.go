package text

import (
	"slices"
	"strings"
)

// Shell is words of a command as a shell reads them back.
func Shell(words ...string) string {
	list := slices.Clone(words)
	for i, word := range list {
		if word == "" || strings.ContainsFunc(word, func(c rune) bool { return !strings.ContainsRune(plainRunes, c) }) {
			list[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(list, " ")
}

const plainRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:=@%,"
