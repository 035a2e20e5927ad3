package conf

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

const isUTF16 = "is written in UTF-16, which is not read: save it as UTF-8"

// fromUTF16 is text that begins with the byte order mark of UTF-16 as UTF-8, without the
// mark; false for other bytes.
func fromUTF16(data []byte) ([]byte, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return nil, false
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	text := make([]byte, 0, len(data))
	for _, char := range utf16.Decode(units) {
		text = utf8.AppendRune(text, char)
	}
	return text, true
}
