/* Search over made-up names: search_bench [DOCUMENTS] [QUERIES]. Prints build time, memory, and the
 * p50 and p99 of queries in processor time, which other programs on the machine do not change, and by the
 * clock. */
#include "core/base/buf.h"
#include "core/base/time.h"
#include "core/search/search.h"

#include <time.h>

static int64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *const parts[] = {
    "城乡", "居民", "养老", "保险", "参保", "登记",   "道路", "货物",   "运输",   "经营", "许可",
    "证明", "变更", "注销", "企业", "个体", "工商户", "食品", "药品",   "卫生",   "公共", "场所",
    "建设", "工程", "施工", "规划", "用地", "不动产", "抵押", "转移",   "残疾人", "补贴", "就业",
    "失业", "创业", "贷款", "学校", "教师", "资格",   "医师", "护士",   "执业",   "机构", "设立",
    "备案", "审批", "核发", "补发", "换领", "年检",   "林木", "采伐",   "水域",   "渔业", "捕捞",
    "农药", "种子", "兽药", "动物", "防疫", "检疫",   "烟草", "专卖",   "零售",   "护照", "签注",
    "户口", "迁移", "婚姻", "收养", "殡葬", "社团",   "民办", "旅行社", "演出",   "广播", "电视",
    "出版", "印刷", "文物", "体育", "燃气", "供水",   "排水", "供热",
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static uint64_t seed = 88172645463325252u;

static uint32_t pick(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

static int by_time(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* About `characters` long: mostly words of the trade, with rarer characters between them as names of places
 * have. */
static struct str phrase(struct buf *b, size_t characters, uint32_t rare)
{
    b->len = 0;
    for (size_t n = 0; n < characters; n = utf8_count(buf_str(b))) {
        if (pick(100) < rare) {
            char text[4];
            buf_add(b, str_n(text, utf8_put(text, 0x4e00 + pick(3500))));
        } else {
            buf_add_c(b, parts[pick(PARTS)]);
        }
    }
    return buf_str(b);
}

int main(int argc, char **argv)
{
    uint64_t documents = 300000, queries = 2000;
    if (argc > 1) str_to_u64(str_c(argv[1]), &documents);
    if (argc > 2) str_to_u64(str_c(argv[2]), &queries);
    struct arena *a = arena_new((size_t)1 << 30);
    struct buf text = buf_new(a, 256);
    int64_t t0 = processor_us();
    struct search_builder *b = search_begin();
    for (uint64_t i = 0; i < documents; i++) {
        search_doc(b);
        if (!search_text(b, phrase(&text, 15, 20), 30)) return 1;
    }
    struct search_index *ix = search_finish(b);
    int64_t t1 = processor_us();
    if (!ix) return 1;
    int64_t *times = ARENA_ARRAY(a, queries, int64_t), *clocks = ARENA_ARRAY(a, queries, int64_t);
    size_t found = 0;
    for (uint64_t i = 0; i < queries; i++) {
        struct arena *one = arena_new(8 << 20);
        struct search_hit *hits;
        struct str query = phrase(&text, 2 + pick(9), 20);
        int64_t start = processor_us(), clock_start = time_monotonic_us();
        found += search_run(ix, one, query, 20, NULL, NULL, &hits);
        times[i] = processor_us() - start;
        clocks[i] = time_monotonic_us() - clock_start;
        arena_drop(one);
    }
    qsort(clocks, queries, sizeof *clocks, by_time);
    qsort(times, queries, sizeof *times, by_time);
    size_t half = queries / 2, most = queries * 99 / 100;
    printf("search: %zu documents built in %.2f s, %.1f MB, %zu queries, %.1f hits each\n"
           "  processor: p50 %.2f ms, p99 %.2f ms; clock: p50 %.2f ms, p99 %.2f ms\n",
           (size_t)documents, (double)(t1 - t0) / 1e6, (double)search_memory(ix) / 1e6, (size_t)queries,
           (double)found / (double)queries, (double)times[half] / 1e3, (double)times[most] / 1e3,
           (double)clocks[half] / 1e3, (double)clocks[most] / 1e3);
    search_drop(ix);
    arena_drop(a);
    return 0;
}
