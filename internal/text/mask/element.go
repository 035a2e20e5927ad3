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
	if tag == "" || f.o.Key == nil {
		return
	}
	window := f.text[end:min(len(f.text), end+longestElement)]
	inside := window[:max(0, strings.IndexAny(window, "<>"))]
	closed := len(inside) < len(window) && window[len(inside)] == '>'
	content := end + len(inside) + 1
	switch named := attribute(inside); {
	case tag == "name" || tag == "key" || tag == "param-name":
		if closed && f.o.Key(strings.TrimSpace(f.text[content:f.contentEnd(content)])) {
			f.valueNear(start, content)
		}
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

// content hides the text of an element.
func (f *finder) content(i int) {
	from := run(f.text, i, func(c byte) bool { return strings.IndexByte(blanks, c) >= 0 })
	to := f.contentEnd(from)
	if strings.HasPrefix(f.text[from:], "<![CDATA[") {
		from += len("<![CDATA[")
		to = len(f.text)
		if n := strings.Index(f.text[from:], "]]>"); n >= 0 {
			to = from + n
		}
	}
	f.secret(from, from+len(strings.TrimRight(f.text[from:to], blanks)))
}

// valueNear hides the value that goes with a name: the next one of the property,
// or the one before it.
func (f *finder) valueNear(start, content int) {
	after := f.text[content:min(len(f.text), content+longestElement)]
	for _, next := range [...]string{"</property>", "<name>", "<property>"} {
		if i := strings.Index(after, next); i >= 0 {
			after = after[:i]
		}
	}
	if i := strings.Index(after, "<value>"); i >= 0 {
		f.content(content + i + len("<value>"))
		return
	}
	before := f.text[max(0, start-longestElement):start]
	before = before[max(strings.LastIndex(before, "<property>"), strings.LastIndex(before, "</property>"), 0):]
	if i := strings.LastIndex(before, "<value>"); i >= 0 {
		at := f.at
		f.content(start - len(before) + i + len("<value>"))
		f.at = at
	}
}
