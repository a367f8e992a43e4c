// Run by `bun -e` in a process of its own: a picture from stdin, its thumbnail to stdout.
const picture = new Bun.Image(await Bun.stdin.bytes(), { maxPixels: 67_108_864 });
const box = { fit: "inside", withoutEnlargement: true };
const thumbnail = await picture.resize(160, 160, box).webp({ quality: 75 }).bytes();
await Bun.write(Bun.stdout, thumbnail);
