package main

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Loss says what a power cut met.
type Loss struct {
	Files []FileLoss `json:"files"`
	// Of names that were not durable: how many there were, and how many are there all the same.
	Names     int `json:"names"`
	NamesKept int `json:"namesKept"`
}

// FileLoss is what was written to a file and never synced.
type FileLoss struct {
	Path    string `json:"path"`
	Changes int    `json:"changes"`
	Bytes   int    `json:"bytes"`
	Fate    string `json:"fate"`
}

// A fate is what a disk may have made of changes that nobody synced.
type fate struct {
	name    string
	content func(durable []byte, pending []change, random *rand.Rand) []byte
}

const (
	page   = 4096
	sector = 512
)

// Any of them; the first is the harshest.
var fates = []fate{
	{"nothing", func(durable []byte, _ []change, _ *rand.Rand) []byte { return durable }},
	{"everything", func(durable []byte, pending []change, _ *rand.Rand) []byte { return after(durable, pending) }},
	{"a torn beginning", tornBeginning},
	{"some pages", func(durable []byte, pending []change, random *rand.Rand) []byte {
		return someUnits(page, durable, pending, random)
	}},
	{"some sectors", func(durable []byte, pending []change, random *rand.Rand) []byte {
		return someUnits(sector, durable, pending, random)
	}},
}

func after(content []byte, changes []change) []byte {
	for _, c := range changes {
		content = c.on(content)
	}
	return content
}

// The first changes, and of the next the first bytes.
func tornBeginning(durable []byte, pending []change, random *rand.Rand) []byte {
	whole := random.IntN(len(pending))
	content := after(durable, pending[:whole])
	if torn := pending[whole]; torn.bytes != nil {
		content = change{torn.at, torn.bytes[:random.IntN(len(torn.bytes)+1)]}.on(content)
	}
	return content
}

// Every unit of the file, and its length, is as it was after a number of changes of its own: units reach a disk in any order. Where the
// length has survived and the data has not, there are zeros.
func someUnits(unit int64, durable []byte, pending []change, random *rand.Rand) []byte {
	length := int64(len(after(slices.Clone(durable), pending[:random.IntN(len(pending)+1)])))
	content := resized(slices.Clone(durable), length)
	for at := range touched(unit, pending, length) {
		end := min(at+unit, length)
		window := make([]byte, end-at)
		if at < int64(len(durable)) {
			copy(window, durable[at:])
		}
		for _, c := range pending[:random.IntN(len(pending)+1)] {
			c.within(window, at)
		}
		copy(content[at:end], window)
	}
	return content
}

// Offsets of the units below the length that any change has written to, in order.
func touched(unit int64, pending []change, length int64) func(yield func(int64) bool) {
	units := map[int64]bool{}
	for _, c := range pending {
		end := c.at + int64(len(c.bytes))
		if c.bytes == nil {
			end = length
		}
		for at := c.at / unit * unit; at < min(end, length); at += unit {
			units[at] = true
		}
	}
	return slices.Values(slices.Sorted(maps.Keys(units)))
}

// What the change does to the part of the file that begins at an offset.
func (c change) within(window []byte, at int64) {
	end := at + int64(len(window))
	switch {
	case c.bytes == nil && c.at < end:
		clear(window[max(c.at-at, 0):])
	case c.bytes == nil || c.at >= end || c.at+int64(len(c.bytes)) <= at:
	case c.at >= at:
		copy(window[c.at-at:], c.bytes)
	default:
		copy(window, c.bytes[at-c.at:])
	}
}

// Cut takes the power away: what was not synced is left to chance, and what is left is from then on all there is. Files and folders that
// survive keep their numbers.
func (d *Disk) Cut(random *rand.Rand) Loss { return d.cut(random, fates, surviving(d.namings, random)) }

// CutHarshly leaves no byte and no name that was not synced.
func (d *Disk) CutHarshly(random *rand.Rand) Loss { return d.cut(random, fates[:1], nil) }

func (d *Disk) cut(random *rand.Rand, fates []fate, kept []naming) Loss {
	loss := Loss{Files: []FileLoss{}, Names: len(d.namings)}
	paths := d.paths()
	for _, n := range d.inOrder() {
		if len(n.pending) > 0 {
			loss.Files = append(loss.Files, n.lose(fates[random.IntN(len(fates))], paths[n.ino], random))
		}
	}
	for _, one := range kept {
		d.settleNaming(one)
		loss.NamesKept++
	}
	d.namings = nil
	d.forgetUnreachable()
	return loss
}

func (n *node) lose(f fate, path string, random *rand.Rand) FileLoss {
	told := FileLoss{Path: path, Changes: len(n.pending), Fate: f.name}
	for _, c := range n.pending {
		told.Bytes += len(c.bytes)
	}
	n.durable = f.content(n.durable, n.pending, random)
	n.content = slices.Clone(n.durable)
	n.settled += uint64(len(n.pending))
	n.pending = nil
	return told
}

// None, all, the first ones or any of them, in order; but none without the earlier ones of the same entries, on which it stands.
func surviving(namings []naming, random *rand.Rand) []naming {
	switch random.IntN(4) {
	case 0:
		return nil
	case 1:
		return namings
	case 2:
		return namings[:random.IntN(len(namings)+1)]
	}
	lost := map[entry]bool{}
	return slices.DeleteFunc(slices.Clone(namings), func(one naming) bool {
		isLost := random.IntN(2) == 0 || slices.ContainsFunc(one.effects, func(e effect) bool { return lost[e.entry] })
		for _, e := range one.effects {
			lost[e.entry] = lost[e.entry] || isLost
		}
		return isLost
	})
}

// Shows the durable names, and drops what none of them leads to.
func (d *Disk) forgetUnreachable() {
	links := map[Ino]int{}
	var walk func(*node)
	walk = func(folder *node) {
		folder.names = maps.Clone(folder.durableNames)
		for _, ino := range folder.names {
			links[ino]++
			if n := d.nodes[ino]; n.isFolder() && links[ino] == 1 {
				walk(n)
			}
		}
	}
	walk(d.nodes[rootIno])
	for ino, n := range d.nodes {
		n.links = links[ino]
		if n.links == 0 && ino != rootIno {
			delete(d.nodes, ino)
		}
	}
}
