package mask

import (
	"reflect"
	"sync"
)

// Each answers a copy of a value in which every text that a program or a person
// may read has gone through change, however deep it lies. A field with the tag
// mask:"-" is left as it is: it names what the user has named, such as a file, or
// what we have, such as a rule. What does not change is not copied.
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
	for _, i := range fieldsOf(v.Type()) {
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
	return out, any
}

// texts are the fields of types that may hold texts: asking a type is slow.
var texts sync.Map // reflect.Type -> []int

func fieldsOf(t reflect.Type) []int {
	if known, ok := texts.Load(t); ok {
		return known.([]int)
	}
	var list []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Tag.Get("mask") != "-" && f.Type.Kind() > reflect.Complex128 {
			list = append(list, i)
		}
	}
	texts.Store(t, list)
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
