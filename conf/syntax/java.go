package syntax

import "unicode/utf8"

// DecodeJava reads a character of UTF-8 as Java's decoder does: for what is not
// UTF-8 it answers U+FFFD and takes as many bytes as Java takes, which is not
// always one.
func DecodeJava(s string) (rune, int) {
	c, size := utf8.DecodeRuneInString(s)
	if c != utf8.RuneError || size != 1 {
		return c, size
	}
	return c, malformedLength(s)
}

// malformedLength is how many bytes Java replaces by one U+FFFD: the longest
// beginning of a character, and a surrogate's three bytes whole.
func malformedLength(s string) int {
	want := 0
	switch lead := s[0]; {
	case lead >= 0xc2 && lead <= 0xdf:
		want = 2
	case lead >= 0xe0 && lead <= 0xef:
		want = 3
	case lead >= 0xf0 && lead <= 0xf4:
		want = 4
	default:
		return 1
	}
	n := 1
	for n < want && n < len(s) && s[n]&0xc0 == 0x80 && (n > 1 || secondFits(s[0], s[1])) {
		n++
	}
	return n
}

// secondFits reports whether a second byte can follow a lead byte. Surrogates
// (ED A0 80 and up) pass, as they do in Java until the third byte is read.
func secondFits(lead, second byte) bool {
	switch lead {
	case 0xe0:
		return second >= 0xa0
	case 0xf0:
		return second >= 0x90
	case 0xf4:
		return second <= 0x8f
	}
	return true
}
