/* The inner loops of understanding, compiled: what `bot.understanding.arrays.kernels` is made of.

   Each function does what the Python beside its caller does, which stays the reference: tests hold
   the two together.  Arrays come as buffers of the types that the comments name; the callers see
   to the types, and here only their bounds are checked.  What a newcomer would get wrong: sums are
   added in the order of the Python code, and no product is fused with a sum (-ffp-contract=off),
   so that results are equal to the last bit wherever that code has an order. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) && defined(__x86_64__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define HAS_AVX2
#include <immintrin.h>
#else
#define WIDE
#endif

enum { MOST_ARRAYS = 8, MOST_AXES = 1024 };

#ifndef SOURCE
#error "hatch_build.py compiles this, and says which source it was"
#endif

/* Arrays that a call looks at, so that one line gives all of them back. */
typedef struct {
    Py_buffer views[MOST_ARRAYS];
    int count;
} Arrays;

static void *
look(Arrays *arrays, PyObject *array, int flags, Py_ssize_t size, Py_ssize_t *length)
{
    Py_buffer *view = &arrays->views[arrays->count];
    if (PyObject_GetBuffer(array, view, flags) < 0)
        return NULL;
    arrays->count++;
    if (view->itemsize != size) {
        PyErr_Format(PyExc_TypeError, "items of %zd bytes, not %zd", size, view->itemsize);
        return NULL;
    }
    *length = view->len / size;
    return view->buf;
}

#define READ(array, type, length) \
    (const type *)look(&arrays, array, PyBUF_ND, (Py_ssize_t)sizeof(type), length)
#define WRITE(array, type, length) \
    (type *)look(&arrays, array, PyBUF_ND | PyBUF_WRITABLE, (Py_ssize_t)sizeof(type), length)

static PyObject *
done(Arrays *arrays, PyObject *result)
{
    while (arrays->count)
        PyBuffer_Release(&arrays->views[--arrays->count]);
    return result;
}

static int
is_two(const char *name, Py_ssize_t nargs)
{
    if (nargs != 2)
        PyErr_Format(PyExc_TypeError, "%s takes two arguments", name);
    return nargs == 2;
}

/* ---- the largest of an array ---------------------------------------------------------------- */

/* Put a number among the largest found so far; of equal ones the first stays ahead. */
static Py_ssize_t
inserted(double value, Py_ssize_t at, double *values, Py_ssize_t *places, Py_ssize_t found,
         Py_ssize_t most)
{
    Py_ssize_t to = found < most ? found : most - 1;
    if (found == most && !(value > values[to]))
        return found;
    for (; to > 0 && value > values[to - 1]; to--) {
        values[to] = values[to - 1];
        places[to] = places[to - 1];
    }
    values[to] = value;
    places[to] = at;
    return found < most ? found + 1 : found;
}

enum { MOST_CHOSEN = 32 };

static PyObject *
listed(const Py_ssize_t *places, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t n = 0; list && n < count; n++) {
        PyObject *place = PyLong_FromSsize_t(places[n]);
        if (!place)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, n, place);
    }
    return list;
}

/* largest(values: float32 or float64, count) -> places, the largest value first */
static PyObject *
largest(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    double values[MOST_CHOSEN];
    Py_ssize_t places[MOST_CHOSEN], found = 0;
    Py_buffer view;
    if (!is_two("largest", nargs))
        return NULL;
    Py_ssize_t most = PyLong_AsSsize_t(args[1]);
    if (most < 1 || most > MOST_CHOSEN) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a count of 1 to 32");
        return NULL;
    }
    if (PyObject_GetBuffer(args[0], &view, PyBUF_ND) < 0)
        return NULL;
    if (view.itemsize == sizeof(float)) {
        const float *all = view.buf;
        for (Py_ssize_t n = 0; n < view.len / (Py_ssize_t)sizeof(float); n++)
            if (found < most || all[n] > values[most - 1])
                found = inserted(all[n], n, values, places, found, most);
    } else {
        const double *all = view.buf;
        for (Py_ssize_t n = 0; n < view.len / (Py_ssize_t)sizeof(double); n++)
            if (found < most || all[n] > values[most - 1])
                found = inserted(all[n], n, values, places, found, most);
    }
    PyBuffer_Release(&view);
    return listed(places, found);
}

/* ---- phrasings that share features ---------------------------------------------------------- */

/* The weight that every row shares of some features; 0 where a number is out of bounds. */
static int
add_shared(PyObject *known, const int32_t *postings, Py_ssize_t n_postings, const int64_t *starts,
           Py_ssize_t n_starts, const double *weights, double *shared, Py_ssize_t rows)
{
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(known); n++) {
        Py_ssize_t feature = PyLong_AsSsize_t(PyList_GET_ITEM(known, n));
        if (feature < 0 || feature >= n_starts - 1) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_IndexError, "no such feature");
            return 0;
        }
        int64_t end = starts[feature + 1] < n_postings ? starts[feature + 1] : n_postings;
        double weight = weights[feature];
        for (int64_t at = starts[feature] < 0 ? 0 : starts[feature]; at < end; at++)
            if ((uint32_t)postings[at] < (uint64_t)rows)
                shared[postings[at]] += weight;
    }
    return 1;
}

/* Less than one by more than a product or a quotient can be rounded. */
#define NEARLY_ONE (1.0 - 1e-12)

static PyObject *
hits_at(const Py_ssize_t *groups, Py_ssize_t found, const Py_ssize_t *best, const double *values,
        const double *shared)
{
    PyObject *list = PyList_New(found);
    for (Py_ssize_t n = 0; list && n < found; n++) {
        Py_ssize_t row = best[groups[n]];
        PyObject *hit = Py_BuildValue("nndd", groups[n], row, values[n], shared[row]);
        if (!hit)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, n, hit);
    }
    return list;
}

/* best_of_groups(known: list, postings: int32, starts: int64, weights: float64, masses: float64,
                  is_bare: float64 or None, bounds: int64, mass, bare_mass, limit)
   -> [(group, row, half its Dice, the weight it shares)], the best first */
static PyObject *
best_of_groups(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *known, *of_postings, *of_starts, *of_weights, *of_masses, *of_bare, *of_bounds;
    double mass, bare_mass, values[MOST_CHOSEN];
    Py_ssize_t limit, n_postings, n_starts, n_weights, rows, n_bare = 0, n_bounds, found = 0;
    Py_ssize_t groups[MOST_CHOSEN];
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!OOOOOOddn", &PyList_Type, &known, &of_postings, &of_starts,
                          &of_weights, &of_masses, &of_bare, &of_bounds, &mass, &bare_mass, &limit))
        return NULL;
    const int32_t *postings = READ(of_postings, int32_t, &n_postings);
    const int64_t *starts = postings ? READ(of_starts, int64_t, &n_starts) : NULL;
    const double *weights = starts ? READ(of_weights, double, &n_weights) : NULL;
    const double *masses = weights ? READ(of_masses, double, &rows) : NULL;
    const int64_t *bounds = masses ? READ(of_bounds, int64_t, &n_bounds) : NULL;
    const double *bare = bounds && of_bare != Py_None ? READ(of_bare, double, &n_bare) : NULL;
    int is_right = limit >= 1 && limit <= MOST_CHOSEN && n_weights >= n_starts - 1;
    if (!bounds || PyErr_Occurred() || !is_right) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a limit of 1 to 32, and a weight for each feature");
        return done(&arrays, NULL);
    }
    double *shared = PyMem_Calloc(rows + 1, sizeof(double));
    Py_ssize_t *best = PyMem_Calloc(n_bounds, sizeof(Py_ssize_t));
    PyObject *hits = NULL;
    if (!shared || !best)
        PyErr_NoMemory();
    else if (add_shared(known, postings, n_postings, starts, n_starts, weights, shared, rows)) {
        for (Py_ssize_t group = 0; group < n_bounds - 1; group++) {
            double most = 0.0;
            int64_t end = bounds[group + 1] < rows ? bounds[group + 1] : rows;
            for (int64_t row = bounds[group]; row < end; row++) {
                if (shared[row] == 0.0)
                    continue;
                double both = masses[row] + mass;
                if (row < n_bare && bare_mass != mass)
                    both += (bare_mass - mass) * bare[row];
                if (shared[row] < most * both * NEARLY_ONE)
                    continue; /* a product is sooner known than a quotient */
                double likeness = shared[row] / both;
                if (likeness > most) {
                    most = likeness;
                    best[group] = row;
                }
            }
            if (most > 0.0)
                found = inserted(most, group, values, groups, found, limit);
        }
        hits = hits_at(groups, found, best, values, shared);
    }
    PyMem_Free(shared);
    PyMem_Free(best);
    return done(&arrays, hits);
}

/* ---- profiles ------------------------------------------------------------------------------- */

/* What a feature that no profile has weighs, squared. */
static double
unknown_square(PyObject *emphasis, PyObject *feature, double unknown)
{
    PyObject *found = PyObject_CallOneArg(emphasis, feature);
    double weight = found ? PyFloat_AsDouble(found) : -1.0;
    Py_XDECREF(found);
    return PyErr_Occurred() ? -1.0 : pow(unknown * weight, 2.0);
}

/* profile_cosines(features: set, ids: dict, rarity: float64, entries: int16, weights: float32,
                   starts: int64, unknown, emphasis, out: float64); out comes as zeros */
static PyObject *
profile_cosines(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *features, *ids, *of_rarity, *of_entries, *of_weights, *of_starts, *emphasis, *of_out;
    double unknown, square = 0.0;
    Py_ssize_t n_rarity, n_entries, n_weights, n_starts, count;
    int is_known = 0;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!OOOOdOO", &features, &PyDict_Type, &ids, &of_rarity,
                          &of_entries, &of_weights, &of_starts, &unknown, &emphasis, &of_out))
        return NULL;
    const double *rarity = READ(of_rarity, double, &n_rarity);
    const int16_t *entries = rarity ? READ(of_entries, int16_t, &n_entries) : NULL;
    const float *weights = entries ? READ(of_weights, float, &n_weights) : NULL;
    const int64_t *starts = weights ? READ(of_starts, int64_t, &n_starts) : NULL;
    double *out = starts ? WRITE(of_out, double, &count) : NULL;
    PyObject *all = out ? PyObject_GetIter(features) : NULL, *feature;
    if (!all)
        return done(&arrays, NULL);
    while (!PyErr_Occurred() && (feature = PyIter_Next(all))) {
        PyObject *id = PyDict_GetItemWithError(ids, feature);
        Py_ssize_t n = id ? PyLong_AsSsize_t(id) : -1;
        if (n >= 0 && n < n_rarity && n < n_starts - 1) {
            is_known = 1;
            square += pow(rarity[n], 2.0);
            for (int64_t at = starts[n]; at < starts[n + 1] && at < n_entries; at++)
                if ((uint16_t)entries[at] < count)
                    out[entries[at]] += (double)weights[at];
        } else if (!PyErr_Occurred())
            square += unknown_square(emphasis, feature, unknown);
        Py_DECREF(feature);
    }
    Py_DECREF(all);
    if (PyErr_Occurred())
        return done(&arrays, NULL);
    double length = sqrt(square != 0.0 ? square : 1.0);
    for (Py_ssize_t n = 0; is_known && n < count; n++)
        out[n] /= length;
    return done(&arrays, Py_NewRef(Py_None));
}

/* ---- wordings by meaning -------------------------------------------------------------------- */

/* The product of two rows of integers. */
static int32_t
rough_product(const int8_t *codes, const int16_t *query, Py_ssize_t axes)
{
    int32_t sum = 0;
    for (Py_ssize_t n = 0; n < axes; n++)
        sum += (int32_t)codes[n] * query[n];
    return sum;
}

#ifdef HAS_AVX2
/* The sums of the eight numbers of each of four registers. */
__attribute__((target("avx2"))) static inline __m128i
summed_avx2(const __m256i *sums)
{
    __m256i one = _mm256_hadd_epi32(sums[0], sums[1]), two = _mm256_hadd_epi32(sums[2], sums[3]);
    __m256i all = _mm256_hadd_epi32(one, two);
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

/* The same for all rows, sixteen numbers at a time: what compilers make of it takes three times as
   long.  Four rows go side by side, so that none need wait for another. */
__attribute__((target("avx2"))) static void
rough_avx2(const int8_t *codes, const float *scales, Py_ssize_t rows, const int16_t *query,
           Py_ssize_t axes, float scale, float *out)
{
    Py_ssize_t row = 0, whole = axes - axes % 16;
    __m128 times = _mm_set1_ps(scale);
    for (; row + 4 <= rows; row += 4, codes += 4 * axes) {
        __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                           _mm256_setzero_si256()};
        for (Py_ssize_t n = 0; n < whole; n += 16) {
            __m256i other = _mm256_loadu_si256((const __m256i *)(query + n));
            for (int beside = 0; beside < 4; beside++) {
                __m128i some = _mm_loadu_si128((const __m128i *)(codes + beside * axes + n));
                __m256i product = _mm256_madd_epi16(_mm256_cvtepi8_epi16(some), other);
                sums[beside] = _mm256_add_epi32(sums[beside], product);
            }
        }
        int32_t found[4];
        _mm_storeu_si128((__m128i *)found, summed_avx2(sums));
        for (Py_ssize_t n = whole; n < axes; n++)
            for (int beside = 0; beside < 4; beside++)
                found[beside] += codes[beside * axes + n] * query[n];
        __m128 whole_numbers = _mm_cvtepi32_ps(_mm_loadu_si128((const __m128i *)found));
        __m128 worth = _mm_loadu_ps(scales + row);
        _mm_storeu_ps(out + row, _mm_mul_ps(_mm_mul_ps(whole_numbers, times), worth));
    }
    for (; row < rows; row++, codes += axes)
        out[row] = (float)rough_product(codes, query, axes) * scale * scales[row];
}
#endif

/* How close every row comes, by integers of eight bits against such of sixteen. */
static void
rough(const int8_t *codes, const float *scales, Py_ssize_t rows, const int16_t *query,
      Py_ssize_t axes, float scale, float *out)
{
#ifdef HAS_AVX2
    if (__builtin_cpu_supports("avx2")) {
        rough_avx2(codes, scales, rows, query, axes, scale, out);
        return;
    }
#endif
    for (Py_ssize_t row = 0; row < rows; row++, codes += axes)
        out[row] = (float)rough_product(codes, query, axes) * scale * scales[row];
}

/* The query as integers of sixteen bits; returns what one of them is worth. */
static float
coded(const float *query, Py_ssize_t axes, int16_t *out)
{
    float most = 1e-30f;
    for (Py_ssize_t n = 0; n < axes; n++)
        most = fabsf(query[n]) > most ? fabsf(query[n]) : most;
    for (Py_ssize_t n = 0; n < axes; n++)
        out[n] = (int16_t)lrintf(query[n] / most * 32767.0f);
    return most / 32767.0f;
}

/* The product of two rows, in sixteen sums that a processor can add side by side. */
WIDE static float
product(const float *a, const float *b, Py_ssize_t axes)
{
    float sums[16] = {0.0f}, all = 0.0f;
    Py_ssize_t n = 0;
    for (; n + 16 <= axes; n += 16)
        for (int lane = 0; lane < 16; lane++)
            sums[lane] += a[n + lane] * b[n + lane];
    for (int lane = 0; lane < 16; lane++)
        all += sums[lane];
    for (; n < axes; n++)
        all += a[n] * b[n];
    return all;
}

/* rough_products(query: float32, codes: int8, scales: float32, out: float32): the products of the
   query with all rows, whose numbers are codes times scales, roughly */
static PyObject *
rough_products(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_query, *of_codes, *of_scales, *of_out;
    Py_ssize_t axes, n_codes, n_scales, rows;
    int16_t query_codes[MOST_AXES];
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOOO", &of_query, &of_codes, &of_scales, &of_out))
        return NULL;
    const float *query = READ(of_query, float, &axes);
    const int8_t *codes = query ? READ(of_codes, int8_t, &n_codes) : NULL;
    const float *scales = codes ? READ(of_scales, float, &n_scales) : NULL;
    float *out = scales ? WRITE(of_out, float, &rows) : NULL;
    if (!out)
        return done(&arrays, NULL);
    if (axes > MOST_AXES || n_codes != rows * axes || n_scales != rows) {
        PyErr_SetString(PyExc_ValueError, "arrays of different shapes");
        return done(&arrays, NULL);
    }
    rough(codes, scales, rows, query_codes, axes, coded(query, axes, query_codes), out);
    return done(&arrays, Py_NewRef(Py_None));
}

/* Rows with what each of them comes to, roughly: no more than `slack` beside the truth. */
typedef struct {
    const float *query, *rows, *roughly;
    Py_ssize_t axes, count;
    float slack;
} Compared;

static float
rough_largest(const Compared *all, int64_t first, int64_t last)
{
    float most = -INFINITY;
    for (int64_t row = first; row < last; row++)
        most = all->roughly[row] > most ? all->roughly[row] : most;
    return most;
}

/* The largest product among some rows: of those that roughly come within twice the slack. */
static float
exact_largest(const Compared *all, int64_t first, int64_t last)
{
    float least = rough_largest(all, first, last) - 2.0f * all->slack, most = -INFINITY;
    for (int64_t row = first; row < last; row++)
        if (all->roughly[row] >= least) {
            float found = product(all->query, all->rows + row * all->axes, all->axes);
            most = found > most ? found : most;
        }
    return most;
}

static int
compared(Arrays *found, PyObject *query, PyObject *rows, PyObject *roughly, double slack,
         Compared *all)
{
    Py_ssize_t numbers, wanted;
    int flags = PyBUF_ND;
    all->slack = (float)slack;
    all->query = look(found, query, flags, sizeof(float), &all->axes);
    all->rows = all->query ? look(found, rows, flags, sizeof(float), &numbers) : NULL;
    all->roughly = all->rows ? look(found, roughly, flags, sizeof(float), &all->count) : NULL;
    if (!all->roughly)
        return 0;
    wanted = all->count * all->axes;
    if (numbers != wanted)
        PyErr_SetString(PyExc_ValueError, "arrays of different shapes");
    return numbers == wanted;
}

/* largest_product(query: float32, rows: float32, roughly: float32, slack, first, last) -> the
   largest product of the query with these rows */
static PyObject *
largest_product(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *query, *rows, *roughly;
    Py_ssize_t first, last;
    double slack;
    Compared all;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOOdnn", &query, &rows, &roughly, &slack, &first, &last))
        return NULL;
    if (!compared(&arrays, query, rows, roughly, slack, &all))
        return done(&arrays, NULL);
    if (first < 0 || last > all.count || first >= last) {
        PyErr_SetString(PyExc_IndexError, "no such rows");
        return done(&arrays, NULL);
    }
    return done(&arrays, PyFloat_FromDouble(exact_largest(&all, first, last)));
}

/* largest_products(query: float32, rows: float32, roughly: float32, slack, starts: int64,
                    chosen: list) -> for each chosen range of rows the largest product of the query
   with them; a range ends where the next one starts */
static PyObject *
largest_products(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *query, *rows, *roughly, *of_starts, *chosen;
    Py_ssize_t count;
    double slack;
    Compared all;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOOdOO!", &query, &rows, &roughly, &slack, &of_starts,
                          &PyList_Type, &chosen))
        return NULL;
    if (!compared(&arrays, query, rows, roughly, slack, &all))
        return done(&arrays, NULL);
    const int64_t *starts = READ(of_starts, int64_t, &count);
    PyObject *list = starts ? PyList_New(PyList_GET_SIZE(chosen)) : NULL;
    for (Py_ssize_t n = 0; list && n < PyList_GET_SIZE(chosen); n++) {
        Py_ssize_t at = PyLong_AsSsize_t(PyList_GET_ITEM(chosen, n));
        int is_range = at >= 0 && at < count;
        int64_t first = is_range ? starts[at] : -1;
        int64_t last = !is_range ? -1 : at + 1 < count ? starts[at + 1] : all.count;
        if (first < 0 || last > all.count || first >= last) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_IndexError, "no such rows");
            Py_CLEAR(list);
        } else {
            PyObject *largest = PyFloat_FromDouble(exact_largest(&all, first, last));
            if (!largest)
                Py_CLEAR(list);
            else
                PyList_SET_ITEM(list, n, largest);
        }
    }
    return done(&arrays, list);
}

/* Entries whose sum of both likenesses may be among the largest; exact ones replace rough ones. */
static PyObject *
most_alike_of(const Compared *all, const int64_t *starts, Py_ssize_t entries, const float *gists,
              Py_ssize_t count, float *sums)
{
    double values[MOST_CHOSEN];
    Py_ssize_t places[MOST_CHOSEN], found = 0;
    for (Py_ssize_t n = 0; n < entries; n++) {
        int64_t last = n + 1 < entries ? starts[n + 1] : all->count;
        sums[n] = rough_largest(all, starts[n], last) + gists[n];
        found = inserted(sums[n], n, values, places, found, count);
    }
    double least = values[found - 1] - 2.0 * all->slack;
    found = 0;
    for (Py_ssize_t n = 0; n < entries; n++)
        if (sums[n] >= least) {
            int64_t last = n + 1 < entries ? starts[n + 1] : all->count;
            float sum = exact_largest(all, starts[n], last) + gists[n];
            found = inserted(sum, n, values, places, found, count);
        }
    return listed(places, found);
}

/* most_alike(query: float32, rows: float32, roughly: float32, slack, starts: int64,
              gists: float32, count) -> entries by the sum of their largest product and their gist,
   the largest first */
static PyObject *
most_alike(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *query, *rows, *roughly, *of_starts, *of_gists, *found = NULL;
    Py_ssize_t count, n_starts, n_gists;
    double slack;
    Compared all;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOOdOOn", &query, &rows, &roughly, &slack, &of_starts, &of_gists,
                          &count))
        return NULL;
    if (!compared(&arrays, query, rows, roughly, slack, &all))
        return done(&arrays, NULL);
    const int64_t *starts = READ(of_starts, int64_t, &n_starts);
    const float *gists = starts ? READ(of_gists, float, &n_gists) : NULL;
    if (!gists)
        return done(&arrays, NULL);
    int is_right = n_starts == n_gists && n_starts > 0 && count > 0 && count <= MOST_CHOSEN;
    for (Py_ssize_t n = 0; is_right && n < n_starts; n++)
        is_right = starts[n] >= 0 && starts[n] < (n + 1 < n_starts ? starts[n + 1] : all.count);
    float *sums = is_right ? PyMem_Malloc(n_starts * sizeof(float)) : NULL;
    if (sums)
        found = most_alike_of(&all, starts, n_starts, gists, count, sums);
    else
        PyErr_SetString(PyExc_ValueError, "arrays of different shapes");
    PyMem_Free(sums);
    return done(&arrays, found);
}

/* ---- features of questions ------------------------------------------------------------------ */

/* Add to every column what a row has there, times a value. */
static int
add_row(PyObject *place, float times, const int8_t *rows, Py_ssize_t numbers, Py_ssize_t width,
        float *out)
{
    Py_ssize_t row = PyLong_AsSsize_t(place);
    if (row < 0 || (row + 1) * width > numbers) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such row");
        return 0;
    }
    for (Py_ssize_t column = 0; column < width; column++)
        out[column] += times * (float)rows[row * width + column];
    return 1;
}

/* scaled_rows(places: list, scales: float32, rows: int8, out: float32): the sum of some rows, each
   times its scale */
static PyObject *
scaled_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *places, *of_scales, *of_rows, *of_out;
    Py_ssize_t n_scales, numbers, width;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!OOO", &PyList_Type, &places, &of_scales, &of_rows, &of_out))
        return NULL;
    const float *scales = READ(of_scales, float, &n_scales);
    const int8_t *rows = scales ? READ(of_rows, int8_t, &numbers) : NULL;
    float *out = rows ? WRITE(of_out, float, &width) : NULL;
    int is_right = out != NULL;
    for (Py_ssize_t n = 0; is_right && n < PyList_GET_SIZE(places); n++) {
        Py_ssize_t row = PyLong_AsSsize_t(PyList_GET_ITEM(places, n));
        float scale = row >= 0 && row < n_scales ? scales[row] : 0.0f;
        is_right = add_row(PyList_GET_ITEM(places, n), scale, rows, numbers, width, out);
    }
    return done(&arrays, is_right ? Py_NewRef(Py_None) : NULL);
}

/* Probabilities of what some totals stand for, as a list. */
static PyObject *
softmax(const float *totals, Py_ssize_t count, double scale)
{
    double most = -INFINITY, sum = 0.0, chances[MOST_CHOSEN];
    PyObject *list = PyList_New(count);
    for (Py_ssize_t n = 0; n < count; n++)
        most = totals[n] * scale > most ? totals[n] * scale : most;
    for (Py_ssize_t n = 0; n < count; n++)
        sum += chances[n] = exp(totals[n] * scale - most);
    for (Py_ssize_t n = 0; list && n < count; n++) {
        PyObject *chance = PyFloat_FromDouble(chances[n] / sum);
        if (!chance)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, n, chance);
    }
    return list;
}

/* odds(places: list of int or None, values: list of float, weights: int8, width, scale) -> the
   probability of each column, from the sum of some rows, each times its value */
static PyObject *
odds(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *places, *values, *of_weights;
    Py_ssize_t numbers, width;
    double scale;
    float totals[MOST_CHOSEN] = {0.0f};
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O!Ond", &PyList_Type, &places, &PyList_Type, &values, &of_weights,
                          &width, &scale))
        return NULL;
    const int8_t *weights = READ(of_weights, int8_t, &numbers);
    int is_right = weights != NULL;
    if (is_right && (width > MOST_CHOSEN || PyList_GET_SIZE(places) != PyList_GET_SIZE(values))) {
        PyErr_SetString(PyExc_ValueError, "arrays of different shapes");
        is_right = 0;
    }
    for (Py_ssize_t n = 0; is_right && n < PyList_GET_SIZE(places); n++) {
        PyObject *place = PyList_GET_ITEM(places, n);
        float times = (float)PyFloat_AsDouble(PyList_GET_ITEM(values, n));
        is_right = place == Py_None || add_row(place, times, weights, numbers, width, totals);
    }
    return done(&arrays, is_right ? softmax(totals, width, scale) : NULL);
}

/* runs(prefix, text, longest) -> the prefix with every run of up to so many characters, the
   shorter ones first */
static PyObject *
runs(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *prefix, *text, *list = PyList_New(0);
    Py_ssize_t longest;
    if (!list || !PyArg_ParseTuple(args, "UUn", &prefix, &text, &longest)) {
        Py_XDECREF(list);
        return NULL;
    }
    Py_ssize_t said = PyUnicode_GET_LENGTH(text), before = PyUnicode_GET_LENGTH(prefix);
    Py_UCS4 piece[64];
    if (before + longest > 64) {
        Py_DECREF(list);
        PyErr_SetString(PyExc_ValueError, "64 characters at most");
        return NULL;
    }
    PyUnicode_AsUCS4(prefix, piece, 64, 0);
    for (Py_ssize_t length = 1; list && length <= longest; length++)
        for (Py_ssize_t at = 0; list && at + length <= said; at++) {
            for (Py_ssize_t n = 0; n < length; n++)
                piece[before + n] = PyUnicode_READ_CHAR(text, at + n);
            PyObject *run = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, piece, before + length);
            if (!run || PyList_Append(list, run) < 0)
                Py_CLEAR(list);
            Py_XDECREF(run);
        }
    return list;
}

/* ---- signals of a candidate ----------------------------------------------------------------- */

/* The share of the characters of a word that are in a set. */
static double
known_characters(PyObject *word, PyObject *characters)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(word), found = 0;
    for (Py_ssize_t n = 0; n < length; n++) {
        PyObject *character = PyUnicode_FromOrdinal(PyUnicode_READ_CHAR(word, n));
        found += character && PySet_Contains(characters, character) == 1;
        Py_XDECREF(character);
    }
    return (double)found;
}

/* The weights of those words, of some (word, weight), that are in a set, added to a sum. */
static double
weight_in(PyObject *words, PyObject *set, double sum)
{
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(words); n++) {
        PyObject *pair = PyTuple_GET_ITEM(words, n);
        if (PySet_Contains(set, PyTuple_GET_ITEM(pair, 0)) == 1)
            sum += PyFloat_AsDouble(PyTuple_GET_ITEM(pair, 1));
    }
    return sum;
}

/* shared_words(covered, others, besides, emphases, words, characters, told)
   -> (weight of the others that the entry has, half of it by characters, on top of `covered`;
       weight of those besides that it has; weight of the emphases that its answer has) */
static PyObject *
shared_words(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *others, *besides, *emphases, *words, *characters, *told;
    double covered;
    if (!PyArg_ParseTuple(args, "dO!O!O!OOO", &covered, &PyTuple_Type, &others, &PyTuple_Type,
                          &besides, &PyTuple_Type, &emphases, &words, &characters, &told))
        return NULL;
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(others); n++) {
        PyObject *pair = PyTuple_GET_ITEM(others, n), *word = PyTuple_GET_ITEM(pair, 0);
        double weight = PyFloat_AsDouble(PyTuple_GET_ITEM(pair, 1));
        Py_ssize_t length = PyUnicode_GET_LENGTH(word);
        if (PySet_Contains(words, word) == 1)
            covered += weight;
        else if (length > 1)
            covered += weight * 0.5 * known_characters(word, characters) / (double)length;
    }
    double had = weight_in(besides, words, 0.0), said = weight_in(emphases, told, 0.0);
    return PyErr_Occurred() ? NULL : Py_BuildValue("ddd", covered, had, said);
}

/* words_had(others, words, characters, told) -> how far an entry has each word: 1, or half by
   characters */
static PyObject *
words_had(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *others, *words, *characters, *told;
    if (!PyArg_ParseTuple(args, "O!OOO", &PyTuple_Type, &others, &words, &characters, &told))
        return NULL;
    PyObject *list = PyList_New(PyTuple_GET_SIZE(others));
    for (Py_ssize_t n = 0; list && n < PyTuple_GET_SIZE(others); n++) {
        PyObject *word = PyTuple_GET_ITEM(PyTuple_GET_ITEM(others, n), 0);
        Py_ssize_t length = PyUnicode_GET_LENGTH(word);
        double had = 1.0;
        if (PySet_Contains(words, word) != 1 && PySet_Contains(told, word) != 1)
            had = length > 1 ? 0.5 * known_characters(word, characters) / (double)length : 0.0;
        PyObject *number = PyErr_Occurred() ? NULL : PyFloat_FromDouble(had);
        if (!number)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, n, number);
    }
    return list;
}

/* weighted(weights: dict, signals: dict) -> the sum of all weights times their signals */
static PyObject *
weighted(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *name, *weight;
    Py_ssize_t at = 0;
    double sum = 0.0;
    if (!is_two("weighted", nargs))
        return NULL;
    while (PyDict_Next(args[0], &at, &name, &weight)) {
        PyObject *signal = PyDict_GetItemWithError(args[1], name);
        if (!signal) {
            if (!PyErr_Occurred())
                PyErr_SetObject(PyExc_KeyError, name);
            return NULL;
        }
        sum += PyFloat_AsDouble(weight) * PyFloat_AsDouble(signal);
    }
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(sum);
}

/* ---- slips ---------------------------------------------------------------------------------- */

static int
ones(uint64_t bits)
{
    int found = 0;
    for (; bits; bits &= bits - 1)
        found++;
    return found;
}

/* The characters of a text as bits, as `bot.understanding.lexicon.typos` sets them. */
static uint64_t
character_set(PyObject *text)
{
    uint64_t bits = 0;
    for (Py_ssize_t n = 0; n < PyUnicode_GET_LENGTH(text); n++)
        bits |= (uint64_t)1 << (uint32_t)(PyUnicode_READ_CHAR(text, n) * 2654435761u) / (1u << 26);
    return bits;
}

/* near_sets(sets: uint64, first, last, text, most) -> the places, from `first` to before `last`, of
   the sets that have at most so many bits that the text's has not, either way */
static PyObject *
near_sets(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_sets, *list;
    Py_ssize_t count, first, last;
    PyObject *text;
    int most;
    Arrays arrays = {.count = 0};
    if (!PyArg_ParseTuple(args, "OnnUi", &of_sets, &first, &last, &text, &most))
        return NULL;
    const uint64_t own = character_set(text), *sets = READ(of_sets, uint64_t, &count);
    if (!sets || !(list = PyList_New(0)))
        return done(&arrays, NULL);
    for (Py_ssize_t n = first < 0 ? 0 : first; list && n < last && n < count; n++)
        if (ones(sets[n] & ~own) <= most && ones(own & ~sets[n]) <= most) {
            PyObject *place = PyLong_FromSsize_t(n);
            if (!place || PyList_Append(list, place) < 0)
                Py_CLEAR(list);
            Py_XDECREF(place);
        }
    return done(&arrays, list);
}

static PyMethodDef functions[] = {
    {"largest", (PyCFunction)(void (*)(void))largest, METH_FASTCALL, NULL},
    {"best_of_groups", best_of_groups, METH_VARARGS, NULL},
    {"profile_cosines", profile_cosines, METH_VARARGS, NULL},
    {"rough_products", rough_products, METH_VARARGS, NULL},
    {"largest_product", largest_product, METH_VARARGS, NULL},
    {"largest_products", largest_products, METH_VARARGS, NULL},
    {"most_alike", most_alike, METH_VARARGS, NULL},
    {"odds", odds, METH_VARARGS, NULL},
    {"scaled_rows", scaled_rows, METH_VARARGS, NULL},
    {"runs", runs, METH_VARARGS, NULL},
    {"shared_words", shared_words, METH_VARARGS, NULL},
    {"words_had", words_had, METH_VARARGS, NULL},
    {"weighted", (PyCFunction)(void (*)(void))weighted, METH_FASTCALL, NULL},
    {"near_sets", near_sets, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_kernels", .m_size = 0, .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__kernels(void)
{
    PyObject *made = PyModule_Create(&module);
    if (made && PyModule_AddObject(made, "SOURCE", PyLong_FromUnsignedLong(SOURCE)) < 0)
        Py_CLEAR(made);
    return made;
}
