// Every visible piece of text with less than 4.5 to 1 against its ground (WCAG 2.1, 1.4.3).
() => {
  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (element) => {
    const [a, b] = [parse(getComputedStyle(element).color), ground(element)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter((element) => hasText(element) && element.checkVisibility() && !element.matches(":disabled, .unseen, noscript"))
    .filter((element) => contrast(element) < 4.5)
    .map((element) => `${element.tagName}.${element.className} ${contrast(element).toFixed(2)}`);
}
