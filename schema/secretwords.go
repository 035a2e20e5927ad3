package schema

import (
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// SoundsSecret reports whether the words of a key tell of a secret, well or
// nearly well spelt: cookieSecret, fs.s3a.secret.key, PGPASSWORD, keyStorePasword.
//
// What follows the word decides: a secret's file, type, name or length is none,
// be it in the same part of the key (passwordFile) or in the last one
// (password.file).
func SoundsSecret(key string) bool {
	var space [16]keyWord
	words := splitKey(space[:0], key)
	for i := range words {
		if words.secretAt(i) && !words.takenBack(i) {
			return true
		}
	}
	return false
}

// takenBack reports whether what follows word i says that the key holds no secret.
func (w keyWords) takenBack(i int) bool {
	last := i
	for !w[last].last {
		last++
	}
	return w.harmless(i, last) || w.harmless(i, len(w)-1)
}

// keyWord is a word of a key, in lower case.
type keyWord struct {
	text    string
	letters letterSet
	last    bool // of its part, as dots divide the key
}

type keyWords []keyWord

// splitKey takes a key apart at dots, hyphens, underscores, digits, and where
// lower case turns into upper case.
func splitKey(words keyWords, key string) keyWords {
	lower := strings.ToLower(key)
	if len(lower) != len(key) {
		return words // no key of anything that we know
	}
	for start := 0; start < len(key); {
		if !isLetter(key[start]) {
			if key[start] == '.' && len(words) > 0 {
				words[len(words)-1].last = true
			}
			start++
			continue
		}
		end := start + 1
		for end < len(key) && isLetter(key[end]) && !humps(key, start, end) {
			end++
		}
		words = append(words, keyWord{text: lower[start:end], letters: lettersOf(key[start:end])})
		start = end
	}
	if len(words) > 0 {
		words[len(words)-1].last = true
	}
	return words
}

// humps reports whether a new word begins at i: fooBar, and the B of AWSBar.
func humps(key string, start, i int) bool {
	upper := func(i int) bool { return 'A' <= key[i] && key[i] <= 'Z' }
	return upper(i) && (!upper(i-1) || i-1 > start && i+1 < len(key) && isLetter(key[i+1]) && !upper(i+1))
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// secretAt reports whether a secret is what the key tells of up to word i.
func (w keyWords) secretAt(i int) bool {
	word, before := w[i], ""
	if i > 0 {
		before = w[i-1].text
	}
	switch word.text {
	case "key", "keys", "kye", "keey", "ke":
		return i > 0 && w[i-1].opens()
	case "pass", "pw":
		return word.last && !(i > 0 && w[i-1].in(" first second low high multi single one two by band ")) || i+1 < len(w) && w[i+1].in(" phrase word code key ")
	case "auth":
		return before == "basic" || (before == "http" || before == "digest") && i+1 == len(w)
	case "authentication":
		return before == "basic"
	case "jwt", "bearer", "otp":
		return i+1 == len(w)
	case "digest":
		return before == "super" || before == "zk"
	case "code":
		return i > 0 && w[i-1].in(" access auth authorization ")
	case "json":
		return i > 1 && before == "account" && w[i-2].text == "service"
	case "url":
		return before == "webhook"
	case "token", "tokens", "secret", "secrets":
		return i == 0 || !w[i-1].in(" max min num total number ")
	case "authorization", "cookie": // headers
		return len(w) == 1 || (before == "proxy" || before == "set") && len(w) == 2
	}
	return word.sounds()
}

// knownWord is a word to compare with.
type knownWord struct {
	text    string
	letters letterSet
	slips   int // of the fingers that it may be away
}

func known(words string) []knownWord {
	var list []knownWord
	for word := range strings.FieldsSeq(words) {
		slips := 0
		switch {
		case len(word) >= 8:
			slips = 2
		case len(word) >= 6:
			slips = 1
		}
		list = append(list, knownWord{word, lettersOf(word), slips})
	}
	return list
}

// longWords are secrets also within a word, as in mysqlpassword.
var longWords = lazy.Value[[]knownWord]{New: func() []knownWord {
	return known(`pwd secret passwd password assword passphrase passcode credential signature
		apikey accesskey privatekey secretkey accountkey signingkey encryptionkey licensekey
		privkey clientkey consumerkey sharedkey masterkey sessionkey authkey storagekey basicauth superdigest`)
}}

const (
	// passwords are words that end in pass and are none.
	passwords = " compass bypass encompass surpass trespass overpass underpass multipass singlepass onepass twopass lowpass highpass bandpass firstpass "
	// others are words that are near to one of the long ones.
	others = " passwordless passthrough passed passes passport secretary secretariat secured "
)

// sounds reports whether a word alone tells of a secret.
func (k keyWord) sounds() bool {
	n := len(k.text)
	if n < 3 {
		return false
	}
	switch k.text {
	case "sas", "sig", "cred", "creds", "pin", "passkey":
		return true
	}
	switch k.text[n-1] { // in most words nothing is looked for
	case 's':
		if strings.HasSuffix(k.text, "pass") {
			return k.last && !k.in(passwords)
		}
		if strings.HasSuffix(k.text, "tokens") {
			return true
		}
	case 'n', 'w':
		if strings.HasSuffix(k.text, "token") || strings.HasSuffix(k.text, "pw") {
			return true
		}
	}
	return slipOf(k, "token") || k.nearOneOf(longWords.Get()) && !k.in(others)
}

// in reports whether the word is one of a list with blanks around each.
func (k keyWord) in(list string) bool { return strings.Contains(list, " "+k.text+" ") }

// nearOneOf reports whether a word holds another one, or is that one but for a
// slip or two of the fingers.
func (k keyWord) nearOneOf(words []knownWord) bool {
	for i := range words {
		w := &words[i]
		missing := w.letters.without(k.letters) // what is cheap to see comes first
		if missing > w.slips || len(k.text) < len(w.text)-w.slips {
			continue
		}
		if missing == 0 && strings.Contains(k.text, w.text) {
			return true
		}
		if w.slips > 0 && len(k.text) <= len(w.text)+w.slips && text.Distance(k.text, w.text, w.slips) <= w.slips {
			return true
		}
	}
	return false
}

// slipOf reports whether two neighbours of a short word are swapped, or one
// letter is doubled.
func slipOf(k keyWord, meant string) bool {
	return len(k.text) >= len(meant) && len(k.text) <= len(meant)+1 && k.letters == lettersOf(meant) && text.Distance(k.text, meant, 1) <= 1
}

// longKinds are the long names of keys that open something.
var longKinds = lazy.Value[[]knownWord]{New: func() []knownWord {
	return known(`access secret private signing encryption decryption account license licence shared master session storage
		cipher crypto encoded customer subscription application authorization service deploy instrumentation
		integration security`)
}}

// opens reports whether a key of that kind opens something: accessKey, as
// against primaryKey.
func (k keyWord) opens() bool {
	switch k.text {
	case "api", "app", "auth", "ssh", "hmac", "aes", "rsa", "crypt", "admin", "priv", "client", "consumer", "enc", "decrypt", "encrypt", "sign", "function", "write", "read", "ssl", "tls":
		return true
	}
	return k.nearOneOf(longKinds.Get())
}

// harmlessWords say that a key is about a secret, and does not hold it.
const harmlessWords = " file files path dir directory location url uri type class provider providers name names user username " +
	"host port server endpoint ttl timeout expiry expires expiration lifetime period duration interval count size limit length " +
	"max min enabled enable enabling required require algorithm alg format header issuer alias store policy validator validation serializer " +
	"deserializer variable variables env prefix suffix column columns field fields mode scheme version bucket region " +
	"iterations encoding charset extractor generator factory manager method renewal renewer audience scope scopes " +
	"rotation days hours minutes seconds millis encoder decoder hasher " +
	"per second filter filters separators parser analyzer dimension dimensions threads through ref arn backend engine " +
	"resolver source callback handler chain config cache strategy attribute claim separator delimiter pattern regex "

// harmless reports whether word last takes back what the words up to i tell. The
// id of a key is public, unless it is one half of a pair.
func (w keyWords) harmless(i, last int) bool {
	if last == i {
		return false
	}
	if w[last].text == "id" || w[last].text == "ids" {
		return w[i].text != "secret" && !(w[i].text == "key" && i > 0 && w[i-1].text == "access")
	}
	return w[last].in(harmlessWords)
}
