package mask

import "strings"

// longestElement bounds how far the parts of an element of XML are looked for.
const longestElement = 4096

// element looks at a tag of XML, well formed or not: <name>password</name>
// <value>x</value> in either order, <password>x</password>, and
// <Property name="password">x</Property>.
func (f *finder) element() {
	start := f.at
	end := run(f.text, start+1, isName)
	f.at = max(end, start+1)
	tag := f.text[start+1 : end]
	if tag == "property" || strings.HasPrefix(f.text[end:], "/property>") {
		f.pair = pair{}
	}
	if tag == "" || f.o.Key == nil {
		return
	}
	window := f.text[end:min(len(f.text), end+longestElement)]
	inside := window[:max(0, strings.IndexAny(window, "<>"))]
	closed := len(inside) < len(window) && window[len(inside)] == '>'
	content := end + len(inside) + 1
	switch named := attribute(inside); {
	case tag == "name" || tag == "key" || tag == "param-name":
		if closed {
			f.pairName(content)
		}
	case closed && (tag == "value" || tag == "param-value"):
		f.pairValue(content)
	case closed && f.o.Key(tag):
		f.content(content)
	case named != "" && f.o.Key(named):
		if i := strings.Index(inside, "value="); i >= 0 {
			f.value(end+i+len("value="), end+i)
		}
		if closed {
			f.content(content)
		}
	}
}

// attribute is what an element calls itself.
func attribute(inside string) string {
	for _, name := range [...]string{" name=", " key=", " id="} {
		if i := strings.Index(inside, name); i >= 0 {
			rest := strings.TrimLeft(inside[i+len(name):], `"'`)
			return rest[:run(rest, 0, isName)]
		}
	}
	return ""
}

// contentEnd is where the text of an element ends.
func (f *finder) contentEnd(i int) int {
	if n := strings.IndexByte(f.text[i:], '<'); n >= 0 {
		return i + n
	}
	return len(f.text)
}

// closingTag is where the text of an element ends that may hold a < itself. One
// that begins with another element has none.
func (f *finder) closingTag(i int) int {
	first := f.contentEnd(i)
	if first == i {
		return i
	}
	window := f.text[first:min(len(f.text), first+longestName)]
	if n := strings.Index(window, "</"); n >= 0 {
		return first + n
	}
	return first
}

// content hides the text of an element.
func (f *finder) content(i int) {
	from := run(f.text, i, func(c byte) bool { return strings.IndexByte(blanks, c) >= 0 })
	to := f.closingTag(from)
	if strings.HasPrefix(f.text[from:], "<![CDATA[") {
		from += len("<![CDATA[")
		to = len(f.text)
		if n := strings.Index(f.text[from:], "]]>"); n >= 0 {
			to = from + n
		}
	}
	f.secret(from, from+len(strings.TrimRight(f.text[from:to], blanks)))
}

// pair is what the elements of one property have told until now: a name whose
// value comes, or a value whose name comes. Either is a place in the text, or 0.
type pair struct {
	name, value int
	secret      bool
}

// pairName takes the text of a name. The value may stand before it.
func (f *finder) pairName(content int) {
	end := f.contentEnd(content)
	secret := end-content <= longestName && f.o.Key(strings.TrimSpace(f.text[content:end]))
	value := f.pair.value
	if f.pair = (pair{}); value == 0 {
		f.pair = pair{name: content, secret: secret}
	} else if secret {
		at := f.at
		f.content(value)
		f.at = at
	}
}

// pairValue takes the place of a value.
func (f *finder) pairValue(content int) {
	before := f.pair
	if f.pair = (pair{}); before.name == 0 {
		f.pair.value = content
	} else if before.secret {
		f.content(content)
	}
}
