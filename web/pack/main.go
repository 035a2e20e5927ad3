// Command pack makes a program in WebAssembly smaller to download: it takes out which
// function, file and line an instruction comes from, which only traces of panics show,
// and packs the rest with gzip. A page shows no traces. What a Go release lays out in
// another way is packed as it is: the page is larger then, and works.
package main

import (
	"compress/gzip"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("pack what? Name a .wasm file that Go has linked")
	}
	if err := pack(os.Args[1]); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
}

func pack(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := strip(data); err != nil {
		log.Printf("%s: %v; it is packed with that table, and works", name, err)
	} else if err := os.WriteFile(name, data, 0o644); err != nil {
		return err
	}
	f, err := os.Create(name + ".gz")
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
