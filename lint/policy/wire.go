package policy

import (
	"encoding/json"
	"strconv"
	"strings"
)

// wire is View as JSON, in which 1.0 stays a number with a point.
type wire View

// MarshalJSON writes a view for a worker.
func (v *View) MarshalJSON() ([]byte, error) {
	w := wire(*v)
	w.Tree = pointed(v.Tree).(map[string]any)
	w.Services = map[string]map[string]any{}
	for name, values := range v.Services {
		w.Services[name] = pointed(values).(map[string]any)
	}
	return json.Marshal(&w)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *View) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if err := d.Decode((*wire)(v)); err != nil {
		return err
	}
	v.Tree = numbered(v.Tree).(map[string]any)
	for name, values := range v.Services {
		v.Services[name] = numbered(values).(map[string]any)
	}
	return nil
}

// pointed writes every float64 with an exponent, which no int64 has.
func pointed(value any) any {
	return walk(value, func(leaf any) any {
		if x, ok := leaf.(float64); ok {
			return json.Number(strconv.FormatFloat(x, 'e', -1, 64))
		}
		return leaf
	})
}

// numbered makes numbers int64 and float64 again.
func numbered(value any) any {
	return walk(value, func(leaf any) any {
		n, ok := leaf.(json.Number)
		if !ok {
			return leaf
		}
		if i, err := n.Int64(); err == nil {
			return i
		}
		x, _ := n.Float64()
		return x
	})
}

// walk copies a structure with every leaf changed.
func walk(value any, leaf func(any) any) any {
	switch value := value.(type) {
	case map[string]any:
		c := make(map[string]any, len(value))
		for k, v := range value {
			c[k] = walk(v, leaf)
		}
		return c
	case []any:
		c := make([]any, len(value))
		for i, v := range value {
			c[i] = walk(v, leaf)
		}
		return c
	}
	return leaf(value)
}
