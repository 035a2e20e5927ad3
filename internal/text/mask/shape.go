package mask

import "strings"

// form is a secret that its beginning gives away.
type form struct {
	prefix string
	least  int // of the characters that follow
}

// forms are by the first character: keys of AWS, Google and Azure, tokens of code
// hosts and chats, hashes of passwords.
var forms = [128][]form{
	'A': {{"AKIA", 12}, {"ASIA", 12}, {"AIza", 20}, {"AGE-SECRET-KEY-", 10}},
	'S': {{"SG.", 20}},
	'd': {{"dckr_pat_", 10}, {"dop_v1_", 10}, {"discord.com/api/webhooks/", 5}},
	'e': {{"eyJ", 20}},
	'g': {{"ghp_", 16}, {"gho_", 16}, {"ghu_", 16}, {"ghs_", 16}, {"ghr_", 16}, {"github_pat_", 16}, {"glpat-", 10}},
	'h': {{"hvs.", 16}, {"hooks.slack.com/services/", 5}, {"hooks.slack.com/workflows/", 5}},
	'n': {{"npm_", 20}},
	's': {{"sk_live_", 10}, {"sk_test_", 10}, {"sk-ant-", 10}, {"shpat_", 16}},
	'x': {{"xoxa-", 8}, {"xoxb-", 8}, {"xoxp-", 8}, {"xoxr-", 8}, {"xoxs-", 8}},
	'y': {{"ya29.", 10}},
	'$': {{"$2a$", 20}, {"$2b$", 20}, {"$2y$", 20}, {"$5$", 20}, {"$6$", 20}, {"$apr1$", 10}},
}

// shape looks at the beginning of a word.
func (f *finder) shape(c byte) {
	rest := f.text[f.at:]
	if len(rest) < 2 {
		return
	}
	for _, s := range forms[c] {
		if !strings.HasPrefix(rest, s.prefix) {
			continue
		}
		if end := run(rest, 0, isToken); end-len(s.prefix) >= s.least {
			from := f.at
			if strings.ContainsRune(s.prefix, '/') {
				from += len(s.prefix) // the host is none
			}
			f.hide(from, f.at+end)
			return
		}
	}
	switch string([]byte{c | 0x20, rest[1] | 0x20}) { // the few words that may be one
	case "be":
		f.header(rest, "bearer ")
	case "ba":
		f.header(rest, "basic ")
	case "di":
		f.digest(rest)
	case "cr", "pa", "pw", "se", "to":
		f.prose()
	}
}

// isToken reports whether a character may stand in a token or a hash.
func isToken(c byte) bool { return isName(c) || strings.IndexByte("+/=~$", c) >= 0 }

// header hides the credentials behind the name of a scheme of HTTP.
func (f *finder) header(rest, scheme string) {
	if len(rest) <= len(scheme) || !strings.EqualFold(rest[:len(scheme)], scheme) {
		return
	}
	i := skipBlanks(rest, len(scheme))
	if end := run(rest, i, isToken); end-i >= shortest && (looksRandom(rest[i:end]) || mixesCase(rest[i:end])) {
		f.secret(f.at+i, f.at+end)
	}
}

// digest hides the password of ZooKeeper's digest:user:password, in which the
// password may be its hash.
func (f *finder) digest(rest string) {
	if len(rest) < len("digest:") || !strings.EqualFold(rest[:6], "digest") || rest[6] != ':' && rest[6] != ' ' {
		return
	}
	user, password, ok := strings.Cut(rest[7:7+run(rest[7:], 0, func(c byte) bool { return strings.IndexByte(blanks+"\"',;<>", c) < 0 })], ":")
	if !ok || run(user, 0, isName) < len(user) {
		return
	}
	from := f.at + 7 + len(user) + 1
	f.hide(from, from+len(password))
}

// pem hides a private key.
func (f *finder) pem() {
	const begin, dashes = "-----BEGIN ", "-----"
	label := f.at + len(begin)
	end := label + run(f.text[label:], 0, func(c byte) bool { return isAlnum(c) || c == ' ' })
	if !strings.HasPrefix(f.text[end:], dashes) || !strings.Contains(f.text[label:end], "PRIVATE") {
		f.at = end
		return
	}
	from := end + len(dashes)
	to := from + run(f.text[from:], 0, func(c byte) bool { return isToken(c) || strings.IndexByte("\\ \t\r\n:,", c) >= 0 })
	if n := strings.Index(f.text[from:to], "-----END"); n >= 0 {
		to = from + n
	}
	f.hide(from, from+len(strings.TrimRight(f.text[from:to], blanks)))
}

// azureKeyLength is that of 64 bytes in base64, without the two signs at the end.
const azureKeyLength = 86

// azureKey hides the key of a storage account, which nothing else looks like.
func (f *finder) azureKey() bool {
	from := f.at - azureKeyLength
	if from < 0 || !strings.HasPrefix(f.text[f.at:], "==") || f.at+2 < len(f.text) && isToken(f.text[f.at+2]) {
		return false
	}
	base64 := func(c byte) bool { return isAlnum(c) || c == '+' || c == '/' }
	if run(f.text, from, base64) != f.at || from > 0 && base64(f.text[from-1]) {
		return false
	}
	f.hide(from, f.at+2)
	return true
}

// looksRandom reports whether a text is no word of a language: it has digits
// among its letters, or signs that no sentence has.
func looksRandom(text string) bool {
	letters, digits, signs := 0, 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
		case strings.IndexByte("!#$%^&*+=~?_", c) >= 0:
			signs++
		case isAlnum(c):
			letters++
		}
	}
	return letters > 0 && digits > 0 || signs > 0 && letters+digits > 0 || len(text) >= 24
}

// mixesCase reports whether a capital stands behind a small letter, as in base64.
func mixesCase(text string) bool {
	for i := 1; i < len(text); i++ {
		if 'A' <= text[i] && text[i] <= 'Z' && 'a' <= text[i-1] && text[i-1] <= 'z' {
			return true
		}
	}
	return false
}
