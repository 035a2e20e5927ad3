package report

import (
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/sizing"
)

// plans makes plans whose texts come from text, and whose parts add up.
func plans(text *rapid.Generator[string]) *rapid.Generator[*sizing.Plan] {
	return rapid.Custom(func(t *rapid.T) *sizing.Plan {
		p := planFor(text.Draw(t, "target"))
		p.Servers = rapid.SliceOfN(serversOf(text), 0, 3).Draw(t, "servers")
		return p
	})
}

func serversOf(text *rapid.Generator[string]) *rapid.Generator[sizing.Server] {
	optional := rapid.OneOf(rapid.Just(""), text)
	return rapid.Custom(func(t *rapid.T) sizing.Server {
		s := sizing.Server{
			Role: optional.Draw(t, "role"), Reserved: someBytes().Draw(t, "reserved"), Segments: someBytes().Draw(t, "segments"),
			Notes: rapid.SliceOfN(text, 0, 2).Draw(t, "notes"),
		}
		s.Machine.Name, s.Machine.Cores = optional.Draw(t, "name"), rapid.Int64Range(0, 512).Draw(t, "cores")
		for range rapid.IntRange(0, 2).Draw(t, "disks") {
			s.Machine.Disks = append(s.Machine.Disks, sizing.Disk{Size: someBytes().Draw(t, "size"), Kind: optional.Draw(t, "kind"), Mount: optional.Draw(t, "mount")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "processes") {
			p := sizing.Process{
				Service: text.Draw(t, "service"), Heap: someBytes().Draw(t, "heap"), Direct: someBytes().Draw(t, "direct"),
				Tasks: rapid.Int64Range(0, 64).Draw(t, "tasks"), TaskHeap: someBytes().Draw(t, "taskHeap"), TaskDirect: someBytes().Draw(t, "taskDirect"),
			}
			p.Figures = rapid.SliceOfN(figuresOf(text), 0, 5).Draw(t, "figures")
			s.Processes = append(s.Processes, p)
			s.Machine.Memory += p.Memory()
		}
		s.Machine.Memory += s.Reserved + someBytes().Draw(t, "free")
		return completed(s)
	})
}

func figuresOf(text *rapid.Generator[string]) *rapid.Generator[sizing.Figure] {
	optional := rapid.OneOf(rapid.Just(""), text)
	return rapid.Custom(func(t *rapid.T) sizing.Figure {
		f := figure(rapid.SampledFrom([]string{"-Xm", "-XX:", "druid.", "druid.x.sizeBytes", ""}).Draw(t, "prefix")+text.Draw(t, "key"),
			rapid.OneOf(optional, rapid.SampledFrom([]string{"8g", "g", "-1", "536870912", "9223372036854775807"})).Draw(t, "value"),
			optional.Draw(t, "formula"), optional.Draw(t, "source"))
		for range rapid.IntRange(0, 2).Draw(t, "inputs") {
			f.Inputs = append(f.Inputs, sizing.Input{Name: text.Draw(t, "name"), Value: optional.Draw(t, "value")})
		}
		return f
	})
}

func someBytes() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 1<<20), rapid.Int64Range(1<<20, 1<<40), rapid.Int64Range(1<<40, 1<<50))
}
