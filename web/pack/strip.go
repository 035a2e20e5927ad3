package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// The table of functions as the linker lays it out, for a processor with pointers of 8
// bytes: see pcHeader and _func in runtime/symtab.go and runtime/runtime2.go. Another
// layout has another first word, and is left alone.
const (
	magic      = 0xfffffff1
	headerSize = 72
	// Of each function.
	stackAt, fileAt, lineAt, tablesAt, startLineAt, funcSize = 16, 20, 24, 28, 36, 44
)

var errLayout = errors.New("web/pack/strip.go does not know how this release of Go lays out the table of functions")

// strip blanks the lines and files of all instructions and the names of functions, in
// place. After an error nothing has changed.
func strip(wasm []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errLayout
		}
	}()
	segments, size := dataOf(wasm)
	memory := make([]byte, size)
	for _, s := range segments {
		copy(memory[s.at:], s.bytes)
	}
	if err := blank(memory); err != nil {
		return err
	}
	for _, s := range segments {
		copy(s.bytes, memory[s.at:])
	}
	return nil
}

// segment is a part of the memory that a program begins with.
type segment struct {
	at    uint64
	bytes []byte
}

// dataOf are the segments of a program, and how much memory they fill.
func dataOf(wasm []byte) (list []segment, size uint64) {
	const data = 11
	for rest := wasm[8:]; len(rest) > 0; {
		kind := rest[0]
		length, section := number(rest[1:])
		rest = section[length:]
		if kind != data {
			continue
		}
		var n uint64
		for n, section = number(section); n > 0; n-- {
			var s segment
			if section[0] != 0 || section[1] != 0x41 { // of the only memory, from an i32.const
				panic(errLayout)
			}
			s.at, section = number(section[2:])
			length, section = number(section[1:]) // behind the end of the expression
			s.bytes, section = section[:length], section[length:]
			list, size = append(list, s), max(size, s.at+length)
		}
	}
	return list, size
}

// number reads an LEB128 without a sign.
func number(b []byte) (n uint64, rest []byte) {
	n, read := binary.Uvarint(b)
	if read <= 0 {
		panic(errLayout)
	}
	return n, b[read:]
}

func blank(memory []byte) error {
	head, err := find(memory)
	if err != nil {
		return err
	}
	word := func(at uint64) uint64 { return uint64(binary.LittleEndian.Uint32(memory[at:])) }
	field := func(i uint64) uint64 { return binary.LittleEndian.Uint64(memory[head+8+8*i:]) }
	functions, values, table := field(0), head+field(6), head+field(7)
	if functions > math.MaxUint16*16 || values > table {
		return errLayout
	}
	kept, lines := map[uint64]bool{0: true}, map[uint64]bool{} // 0 is for no list
	for i := range functions {
		f := table + word(table+8*i+4)
		kept[word(f+stackAt)] = true
		for n := range word(f + tablesAt) {
			kept[word(f+funcSize+4*n)] = true
		}
		lines[word(f+fileAt)], lines[word(f+lineAt)] = true, true
		clear(memory[f+fileAt : f+tablesAt])
		clear(memory[f+startLineAt : f+startLineAt+4])
	}
	for at := range lines {
		if !kept[at] { // what two have in common is there once
			clear(listOf(memory[values+at : table]))
		}
	}
	blankNames(memory[head+field(3) : head+field(4)])
	clear(memory[head+field(4) : values]) // the names of the files, and where they begin
	return nil
}

// blankNames takes out the names of functions, but of those of the runtime, which asks
// for some of them.
func blankNames(names []byte) {
	for len(names) > 0 {
		name, rest, _ := bytes.Cut(names, []byte{0})
		if !bytes.HasPrefix(name, []byte("runtime.")) && !bytes.HasPrefix(name, []byte("internal/runtime/")) {
			clear(name)
		}
		names = rest
	}
}

// listOf is a list of values by instruction, up to the zero that ends it.
func listOf(list []byte) []byte {
	rest := list
	for first := true; ; first = false {
		var change uint64
		if change, rest = number(rest); change == 0 && !first {
			return list[:len(list)-len(rest)]
		}
		_, rest = number(rest)
	}
}

// find is where the table begins.
func find(memory []byte) (uint64, error) {
	for at := 0; at+headerSize < len(memory); at += 8 {
		if binary.LittleEndian.Uint64(memory[at:]) == magic|1<<48|8<<56 {
			return uint64(at), nil
		}
	}
	return 0, errLayout
}
