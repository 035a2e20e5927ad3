package report

import "testing"

func BenchmarkPlanFormats(b *testing.B) {
	p := smallCluster()
	for _, f := range PlanFormats {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Write(discard{}, p, PlanOptions{Width: 80}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
