package mask

import "strings"

// url hides the password of a URL, whose host or user begins at i. A password
// may hold any character, also / and @: the last @ before the parameters ends it.
func (f *finder) url(i int) {
	f.at = i
	scheme := f.scheme(i)
	end := f.urlEnd(i)
	rest := f.text[i:end]
	at := lastAt(rest)
	if at <= 0 || !hasUser(rest[:at], scheme) {
		return
	}
	user, password, ok := strings.Cut(rest[:at], ":")
	switch {
	case !ok || password == "" || password == "x-oauth-basic":
		if isTokenScheme(scheme) { // https://TOKEN@host, redis://TOKEN@host
			f.secret(i, i+len(user))
		}
	default:
		f.secret(i+len(user)+1, i+at)
	}
	f.at = max(f.at, i+at)
}

// scheme is what stands before ://.
func (f *finder) scheme(i int) string {
	end := max(i-3, 0)
	start := end
	for start > 0 && end-start < 20 && isName(f.text[start-1]) {
		start--
	}
	return strings.ToLower(f.text[start:end])
}

// isTokenScheme tells the URLs in which a user without a password is a token. In
// abfs://container@account and ssh://git@host it is none.
func isTokenScheme(scheme string) bool {
	switch scheme {
	case "http", "https", "redis", "rediss":
		return true
	}
	return false
}

// urlEnd is where the URL ends: the next one begins, or what no URL has. The URL
// that is a whole value has everything.
func (f *finder) urlEnd(i int) int {
	ends := " \t\r\n\f\"'`<>"
	if f.wholeURL && schemeEnd(f.text) >= i-2 {
		ends = "\r\n"
	}
	end := f.nextURL(i)
	if end > i && end < len(f.text) && f.text[end-1] == ':' { // the password of u:a://x@h
		end = f.nextURL(end + run(f.text[end:], 0, isName) + len("://"))
	}
	if n := strings.IndexAny(f.text[i:end], ends); n >= 0 {
		end = i + n
	}
	return end
}

// nextURL is where the next URL begins.
func (f *finder) nextURL(i int) int {
	n := strings.Index(f.text[i:], "://")
	if n < 0 {
		return len(f.text)
	}
	end := i + n
	for end > i && isName(f.text[end-1]) {
		end--
	}
	return end
}

// schemeEnd is where the scheme of a URL ends that begins a text: jdbc:mysql:.
func schemeEnd(text string) int {
	return run(text, 0, func(c byte) bool { return isName(c) || c == ':' || c == '+' })
}

// isURL reports whether a text begins like a URL.
func isURL(text string) bool {
	return strings.HasPrefix(text, "jdbc:") || strings.HasPrefix(text[schemeEnd(text):], "//")
}

// oracle hides the password of jdbc:oracle:thin:user/password@host, also where no
// host follows.
func (f *finder) oracle() {
	const scheme = "jdbc:oracle:"
	if !f.wholeURL || !strings.HasPrefix(f.text, scheme) {
		return
	}
	i := len(scheme) + run(f.text[len(scheme):], 0, isAlnum) + 1
	slash := i + max(0, strings.IndexByte(f.text[min(i, len(f.text)):], '/'))
	if slash <= i || run(f.text[:slash], i, isName) < slash {
		return
	}
	end := len(f.text)
	if at := strings.LastIndexByte(f.text[slash:], '@'); at >= 0 {
		end = slash + at
	}
	f.secret(slash+1, end)
}

// lastAt is the @ that ends the user's part, -1 without one.
func lastAt(rest string) int {
	if query := strings.IndexByte(rest, '?'); query >= 0 {
		if at := strings.LastIndexByte(rest[:query], '@'); at >= 0 {
			return at
		}
	}
	return strings.LastIndexByte(rest, '@')
}

// hasUser reports whether what stands before an @ is a user, and not a host with
// a path or parameters that hold the @.
func hasUser(before, scheme string) bool {
	head := before
	if i := strings.IndexAny(before, "/?#"); i >= 0 {
		head = before[:i]
	}
	if head == before {
		return true
	}
	_, password, ok := strings.Cut(head, ":")
	switch {
	case !ok:
		return strings.HasPrefix(scheme, "redis") && head != "" && !strings.Contains(head, ".")
	case strings.HasPrefix(head, "["), strings.Contains(head, "]:"):
		return false // an address of IPv6
	case strings.Trim(password, "0123456789") == "": // a port, or a password of digits and more
		return password != "" && !strings.HasPrefix(scheme, "http") && !strings.Contains(before, "?")
	}
	return true
}

// user hides the password of user:password@host without a scheme, and that of
// Oracle's jdbc:oracle:thin:user/password@host.
func (f *finder) user() {
	before := f.text[f.word:f.at]
	if len(before) > longestUser || strings.Contains(before, "//") {
		return
	}
	after := f.text[f.at:min(len(f.text), f.at+longestUser)]
	after = after[:run(after, 0, func(c byte) bool { return strings.IndexByte(blanks+"\"'`,;<>()[]{}|", c) < 0 })]
	last := strings.LastIndexByte(after, '@')
	if !isHost(after[last+1:]) {
		last = 0
	}
	if i := strings.Index(before, "oracle:"); i >= 0 {
		if slash := strings.IndexByte(before[i:], '/'); slash >= 0 {
			f.secret(f.word+i+slash+1, f.at+last)
		}
		return
	}
	user, password, ok := strings.Cut(before, ":")
	name := user[strings.LastIndexByte(user, '=')+1:]
	if !ok || password == "" || strings.HasPrefix(user, "jdbc") || name == "mailto" || run(name, 0, isName) < len(name) || !isHost(after[last+1:]) {
		return
	}
	f.secret(f.word+len(user)+1, f.at+last)
}

// longestUser bounds how far user:password@ is looked for.
const longestUser = 1024

// isHost reports whether a host may begin here.
func isHost(text string) bool {
	return text != "" && (isAlnum(text[0]) || text[0] == '_' || text[0] == '[' || strings.HasPrefix(text, "${")) && !strings.HasPrefix(text, "sha256:")
}
