package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestShots(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t)
	begun := time.Now()
	p := b.visit(s.URL + "/")
	var ready string
	p.eval(`document.documentElement.getAttribute("data-ready") + " dom " + performance.getEntriesByType("navigation")[0].domInteractive + " load " + performance.getEntriesByType("navigation")[0].loadEventEnd`, &ready)
	t.Log("ready", ready, time.Since(begun))
	shot := func(name string, width, height int, dark bool, full bool) {
		scheme := "light"
		if dark {
			scheme = "dark"
		}
		p.must(p.session, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
		p.must(p.session, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		data, err := b.send(p.session, "Page.captureScreenshot", map[string]any{"captureBeyondViewport": full})
		require.NoError(t, err)
		var r struct{ Data string }
		require.NoError(t, json.Unmarshal(data, &r))
		png, _ := base64.StdEncoding.DecodeString(r.Data)
		require.NoError(t, os.WriteFile("/work/scratch/web/"+name+".png", png, 0o644))
	}
	shot("start", 1200, 800, false, false)
	shot("start-phone", 390, 800, true, false)
	demo := filesOf(t, root+"/testdata/demo/conf", "conf/")
	for range 3 {
		p.take(demo)
		p.wait(`$("status").textContent.startsWith("Checked")`)
		var st string
		p.eval(`$("status").textContent`, &st)
		t.Log(st)
		p.eval(`$("status").textContent = ""`, nil)
	}
	shot("check", 1200, 1600, false, false)
	shot("check-phone", 390, 1400, false, false)
	shot("check-dark", 1200, 1200, true, false)
	p.eval(`$("tab-values").click()`, nil)
	shot("values", 1200, 1200, false, false)
	shot("values-phone", 390, 1400, true, false)
	p.eval(`$("tab-ports").click()`, nil)
	shot("ports", 1200, 1200, true, false)
	p.eval(`location.hash = "#size&instance=i3.2xlarge&role=data&target=druid-34"`, nil)
	p.wait(`document.querySelector("#size-result h2")`)
	shot("size", 1200, 1600, false, false)
	shot("size-dark", 1200, 1000, true, false)
	shot("size-phone", 390, 1400, false, false)
}
