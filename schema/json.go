package schema

import (
	"encoding/json"
	"slices"
	"strings"
)

// startsJSON reports whether Druid's JsonConfigurator parses the text as JSON.
func startsJSON(text string) bool {
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")
}

// parseJSON reads the first value of a text, as Jackson does; false where it is
// none, and the text is taken as it is.
func parseJSON(text string) (node any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err := d.Decode(&node)
	return node, err == nil
}

// checkJSON judges an array or an object.
func (v reader) checkJSON(node any) *ValueError {
	items, array := node.([]any)
	switch {
	case v.kind == Any:
		return nil
	case v.kind == Object && !array, v.kind.IsList() && array && !slices.ContainsFunc(items, v.refusesItem):
		return nil
	}
	return v.wrong(WrongType)
}

// refusesItem reports whether a list of the property's kind cannot hold an item.
func (v reader) refusesItem(item any) bool {
	switch item := item.(type) {
	case []any, map[string]any:
		return v.kind != List
	case string:
		return v.kind == Ints
	case json.Number:
		return v.kind == Ints && strings.ContainsAny(item.String(), ".eE")
	}
	return false
}
