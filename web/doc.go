// Package web is the page: the linter and the sizer in a browser, from which nothing
// leaves. It is one static folder (`make web`), and no server knows what is dropped into
// it.
//
// Four parts, and each knows only the next one. page.js, with engine.js, draws and is the only one that
// touches the document; every text that comes from a configuration goes into it as text.
// worker.js runs implycheck.wasm in a Web Worker, so that the page stays quick whatever it
// is given. wasm/ turns what JavaScript hands over into a file system and back. This
// package answers: requests and answers are JSON, a report is what lint --format json
// writes, a plan what size --format json does, and nothing is decided here.
//
// The .wasm is built without CUE and cobra, which nothing here imports: policies are not
// checked in a browser, and baselines are not read. Files are read where they are dropped, when a rule or an archive
// asks for their bytes.
package web
