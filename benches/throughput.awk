# Draws transactions a second against clients (columns: clients, then one a workload) as SVG.
BEGIN { FS = "\t"; width = 640; height = 360; left = 70; right = 20; top = 30; bottom = 50
  split("#6b7280 #b45309 #1d4ed8", colour, " ") }
NR == 1 { for (i = 2; i <= NF; i++) name[i] = $i; columns = NF; next }
{ x[NR - 1] = $1; points = NR - 1; for (i = 2; i <= NF; i++) { y[NR - 1, i] = $i; if ($i > most) most = $i } }
function across(point) { return left + (point - 1) * (width - left - right) / (points - 1) }
function up(value) { return height - bottom - value * (height - top - bottom) / limit }
END {
  limit = (int(most / 2000) + 1) * 2000
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", width, height
  printf "<title>Transactions a second against clients</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
  for (value = 0; value <= limit; value += 2000) {
    printf "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#e5e7eb\"/>\n", left, width - right, up(value), up(value)
    printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", left - 8, up(value) + 4, value }
  for (point = 1; point <= points; point++)
    printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", across(point), height - bottom + 18, x[point]
  printf "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">clients</text>\n", (left + width - right) / 2, height - 12
  for (i = 2; i <= columns; i++) {
    printf "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", colour[i - 1]
    for (point = 1; point <= points; point++) printf "%.1f,%.1f ", across(point), up(y[point, i])
    printf "\"/>\n<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", left + 10 + (i - 2) * 150, top - 10, colour[i - 1], name[i] }
  print "</svg>"
}
