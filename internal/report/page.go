//go:build !js

package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
)

//go:embed page.css
var pageStyle string

// pageHead is what pages that need nothing else have in common.
type pageHead struct {
	Title string
	// Policy forbids the page everything but its own style and script: it loads
	// nothing, sends nothing, and text that got into it cannot run.
	Policy string
	Style  template.CSS
	Script template.JS
}

func newPageHead(title, style, script string) pageHead {
	style = "\n" + pageStyle + style
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + sourceOf(style)
	if script != "" {
		script = "\n" + script
		policy += "; script-src " + sourceOf(script)
	}
	return pageHead{title, policy, template.CSS(style), template.JS(script)}
}

// sourceOf names a text in a content security policy.
func sourceOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// PageStyle is what all pages of the project look like.
func PageStyle() string { return pageStyle }
