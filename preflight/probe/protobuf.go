package probe

import "google.golang.org/protobuf/encoding/protowire"

// message are the fields of a message of protobuf by their numbers; the last counts.
type message struct {
	number map[protowire.Number]uint64
	bytes  map[protowire.Number][]byte
}

func parseMessage(raw []byte) (message, error) {
	m := message{map[protowire.Number]uint64{}, map[protowire.Number][]byte{}}
	for len(raw) > 0 {
		field, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return m, errNoHDFS
		}
		raw = raw[n:]
		switch kind {
		case protowire.VarintType:
			m.number[field], n = protowire.ConsumeVarint(raw)
		case protowire.BytesType:
			m.bytes[field], n = protowire.ConsumeBytes(raw)
		default:
			n = protowire.ConsumeFieldValue(field, kind, raw)
		}
		if n < 0 {
			return m, errNoHDFS
		}
		raw = raw[n:]
	}
	return m, nil
}

func (m message) text(field protowire.Number) string { return string(m.bytes[field]) }

// inside is a message within another; an empty one where there is none.
func (m message) inside(field protowire.Number) (message, error) { return parseMessage(m.bytes[field]) }

func fieldNumber(field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
}

func fieldText(field protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, field, protowire.BytesType), v)
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
