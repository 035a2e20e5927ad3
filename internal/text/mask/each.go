package mask

import (
	"reflect"
	"strings"
	"sync"
)

// Each answers a copy of a value in which every text that a program or a person
// may read has gone through change, however deep it lies. A field with the tag
// mask:"-" is left as it is: it names what the user has named, such as a file, or
// what we have, such as a rule. Numbers with the tag mask:"from=FIELD" and mask:"to=FIELD"
// are columns of a text next to them, and move with it. What does not change is not copied.
func Each[T any](value T, change func(string) string) T {
	changed, ok := each(reflect.ValueOf(&value).Elem(), change)
	if !ok {
		return value
	}
	return changed.Interface().(T)
}

// each is false where nothing has changed.
func each(v reflect.Value, change func(string) string) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		if changed := change(text); changed != text {
			c := reflect.New(v.Type()).Elem()
			c.SetString(changed)
			return c, true
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v, false
		}
		if changed, ok := each(v.Elem(), change); ok {
			if v.Kind() == reflect.Interface {
				return changed, true
			}
			c := reflect.New(v.Type().Elem())
			c.Elem().Set(changed)
			return c, true
		}
	case reflect.Struct:
		return eachField(v, change)
	case reflect.Slice, reflect.Array:
		return eachItem(v, change)
	case reflect.Map:
		return eachEntry(v, change)
	}
	return v, false
}

func eachField(v reflect.Value, change func(string) string) (reflect.Value, bool) {
	out, any := v, false
	fields := fieldsOf(v.Type())
	for _, i := range fields.texts {
		changed, ok := each(v.Field(i), change)
		if !ok {
			continue
		}
		if !any {
			out, any = reflect.New(v.Type()).Elem(), true
			out.Set(v)
		}
		out.Field(i).Set(changed)
	}
	if any {
		for _, c := range fields.columns {
			column := Column(v.Field(c.text).String(), out.Field(c.text).String(), int(v.Field(c.field).Int()), c.end)
			out.Field(c.field).SetInt(int64(column))
		}
	}
	return out, any
}

// fields are those of a type that may hold texts, and those that are columns of one.
type fields struct {
	texts   []int
	columns []column
}

// column is a field with a column of the text in another.
type column struct {
	field, text int
	end         bool
}

// known are the fields of types: asking a type is slow.
var known sync.Map // reflect.Type -> fields

func fieldsOf(t reflect.Type) fields {
	if list, ok := known.Load(t); ok {
		return list.(fields)
	}
	var list fields
	for i := range t.NumField() {
		f := t.Field(i)
		side, of, isColumn := strings.Cut(f.Tag.Get("mask"), "=")
		if text, ok := t.FieldByName(of); isColumn && ok {
			list.columns = append(list.columns, column{i, text.Index[0], side == "to"})
		} else if f.IsExported() && side != "-" && f.Type.Kind() > reflect.Complex128 {
			list.texts = append(list.texts, i)
		}
	}
	known.Store(t, list)
	return list
}

func eachItem(v reflect.Value, change func(string) string) (reflect.Value, bool) {
	out, any := v, false
	if kind := v.Type().Elem().Kind(); kind <= reflect.Complex128 { // bytes and numbers
		return v, false
	}
	for i := range v.Len() {
		changed, ok := each(v.Index(i), change)
		if !ok {
			continue
		}
		if !any {
			any = true
			if v.Kind() == reflect.Array {
				out = reflect.New(v.Type()).Elem()
			} else {
				out = reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			}
			reflect.Copy(out, v)
		}
		out.Index(i).Set(changed)
	}
	return out, any
}

// eachEntry changes keys too: what is written as a key may be anything.
func eachEntry(v reflect.Value, change func(string) string) (reflect.Value, bool) {
	out, any := reflect.MakeMapWithSize(v.Type(), v.Len()), false
	for entries := v.MapRange(); entries.Next(); {
		key, ok := each(entries.Key(), change)
		value, also := each(entries.Value(), change)
		any = any || ok || also
		out.SetMapIndex(key, value)
	}
	if !any {
		return v, false
	}
	return out, true
}
