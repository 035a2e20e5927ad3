//go:build js

// Command wasm is the page's engine: it answers the worker that runs it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall/js"

	"github.com/implycheck/implycheck/web"
)

func main() {
	js.Global().Set("implycheck", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return answer(args[0].String(), args[1].String(), args[2])
	}))
	js.Global().Call("ready")
	select {}
}

// answer is the answer to a request as JSON, or why there is none.
func answer(name, request string, files js.Value) (text string) {
	type reply struct {
		Answer any
		// Error is why there is none, and Field the field of the form that is wrong.
		Error, Field string
	}
	var r reply
	defer func() {
		if bug := recover(); bug != nil {
			r = reply{Error: fmt.Sprintf("this is a bug of implycheck: %v", bug)}
		}
		out, err := json.Marshal(r)
		if err != nil {
			out = []byte(`{"Error":"the answer cannot be written"}`)
		}
		text = string(out)
	}()
	call, ok := calls[name]
	if !ok {
		r.Error = "there is no call of that name"
		return
	}
	var err error
	if r.Answer, err = call([]byte(request), uploads(files)); err != nil {
		field, text := web.Blame(err)
		r = reply{Error: text, Field: field}
	}
	return
}

// calls are what the worker can ask.
var calls = map[string]func(request []byte, files fs.FS) (any, error){
	"choices": func([]byte, fs.FS) (any, error) { return web.NewChoices(), nil },
	"lint":    asked(func(r web.LintRequest, files fs.FS) (any, error) { return web.Lint(context.Background(), files, r) }),
	"fixed":   asked(func(r web.LintRequest, files fs.FS) (any, error) { return web.Fixed(context.Background(), files, r) }),
	"size":    asked(func(r web.SizeRequest, _ fs.FS) (any, error) { return web.Size(r) }),
	"zip":     asked(func(list []web.Download, _ fs.FS) (any, error) { return web.Zip(list) }),
}

// asked reads a request.
func asked[R any](call func(R, fs.FS) (any, error)) func([]byte, fs.FS) (any, error) {
	return func(request []byte, files fs.FS) (any, error) {
		var r R
		if err := json.Unmarshal(request, &r); err != nil {
			return nil, err
		}
		return call(r, files)
	}
}

func uploads(files js.Value) fs.FS {
	list := make([]web.Upload, files.Length())
	for i := range list {
		f := files.Index(i)
		data := f.Get("data")
		list[i] = web.Upload{Path: f.Get("path").String(), Size: int64(data.Get("size").Float()), Data: blob{data}}
	}
	return web.NewFS(list)
}

// blob is a Blob of the browser, read at once: in a worker that is possible.
type blob struct{ js.Value }

func (b blob) ReadAt(p []byte, at int64) (n int, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the browser cannot read it: it may have changed since it was dropped")
		}
	}()
	slice := b.Call("slice", float64(at), float64(at)+float64(len(p)))
	buffer := js.Global().Get("FileReaderSync").New().Call("readAsArrayBuffer", slice)
	if n = js.CopyBytesToGo(p, js.Global().Get("Uint8Array").New(buffer)); n < len(p) {
		err = io.EOF
	}
	return n, err
}
