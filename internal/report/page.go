//go:build !js

package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"time"
)

//go:embed page.css
var pageStyle string

//go:embed copy.js
var copyScript string

// pageHead is what pages that need nothing else have in common.
type pageHead struct {
	Title string
	// Policy forbids the page everything but its own style and script: it loads
	// nothing, sends nothing, and text that got into it cannot run.
	Policy string
	Style  template.CSS
	Script template.JS
	// Made is when the page was made, for a program and for people; empty where that
	// is not told.
	MadeAt, Made string
}

func newPageHead(title, style, script string, made time.Time) pageHead {
	style, script = "\n"+pageStyle+style, "\n"+copyScript+script
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + sourceOf(style) + "; script-src " + sourceOf(script)
	head := pageHead{Title: title, Policy: policy, Style: template.CSS(style), Script: template.JS(script)}
	if !made.IsZero() {
		made = made.UTC()
		head.MadeAt, head.Made = made.Format(time.RFC3339), made.Format("2 January 2006, 15:04 UTC")
	}
	return head
}

// sourceOf names a text in a content security policy.
func sourceOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// PageStyle is what all pages of the project look like.
func PageStyle() string { return pageStyle }
