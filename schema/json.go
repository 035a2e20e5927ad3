package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// startsJSON reports whether Druid's JsonConfigurator parses the text as JSON.
func startsJSON(text string) bool {
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")
}

// parseJSON reads the first value of a text, as Jackson does; false where it is
// none, and the text is taken as it is.
func parseJSON(text string) (node any, ok bool) {
	if first := strings.TrimLeft(text, " \t\r\n"); first == "" || !strings.Contains(`[{"-0123456789tfn`, first[:1]) {
		return nil, false // most texts, and a decoder is dear
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err := d.Decode(&node)
	return node, err == nil
}

// checkJSON judges an array or an object, which is written as text.
func (v reader) checkJSON(node any, text string) *ValueError {
	list, array := node.([]any)
	members, _ := node.(map[string]any)
	switch {
	case v.kind == Any && !(array && v.java == "PasswordProvider"):
		return nil
	case v.kind == OneOf && (v.java == "" || v.java == "subtype" && !array):
		return v.checkChoice(text)
	case len(list)+len(members) == 0 && v.notNull():
		return &ValueError{OutOfRange, v.want() + " that is not empty"}
	case v.kind.IsList() && array && !slices.ContainsFunc(list, v.refusesItem),
		v.kind == Object && !array && !slices.ContainsFunc(slices.Collect(maps.Values(members)), v.refusesItem):
		return v.checkPattern(text)
	}
	return v.wrong(WrongType)
}

// refusesItem reports whether a list or an object of the property's kind cannot
// hold an item. Jackson takes numbers for texts, and null for anything.
func (v reader) refusesItem(item any) bool {
	_, array := item.([]any)
	_, object := item.(map[string]any)
	switch {
	case item == nil:
		return false
	case v.kind == Strings && len(v.p.Choices) > 0:
		return array || object || !v.chooses(fmt.Sprint(item))
	}
	switch v.items() {
	case "text":
		return array || object
	case "int":
		_, err := strconv.ParseInt(strings.Trim(fmt.Sprint(item), javaBlanks), 10, 32)
		return err != nil
	case "object":
		return !object
	case "list":
		return !array
	}
	return false
}

// items is what a list or an object holds, empty where it may be anything.
func (v reader) items() string {
	switch v.kind {
	case Strings:
		return "text"
	case Ints:
		return "int"
	}
	return v.holds
}
