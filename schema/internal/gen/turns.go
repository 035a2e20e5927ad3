package main

// turns has a bit for each release, counted from 0.12, that reads a property
// otherwise than the one before: bit 8 is 0.20.
func (p *propertyJSON) turns() (bits uint64) {
	from := func(text string) {
		if text != "" {
			bits |= 1 << (release(text) - 12)
		}
	}
	after := func(text string) {
		if text != "" {
			bits |= 1 << (release(text) + 1 - 12)
		}
	}
	from(p.Since)
	after(p.Until)
	from(p.Units)
	for _, w := range p.Was {
		after(w.Until)
	}
	for _, r := range []*rangeJSON{p.ConfigMagic, p.NotNull, p.Strict} {
		if r != nil {
			from(r.From)
			after(r.Until)
		}
	}
	for _, l := range p.Limits {
		from(l.From)
		after(l.Until)
	}
	for _, c := range p.Choices {
		from(c.Since)
		after(c.Until)
	}
	for _, j := range p.Java {
		from(j.From)
		after(j.Until)
	}
	if r := p.Refused; r != nil {
		from(r.Since)
		after(r.Until)
	}
	return bits
}
