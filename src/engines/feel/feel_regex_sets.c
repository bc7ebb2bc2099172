#include "engines/feel/feel_regex_sets.h"

const struct feel_span *feel_block_find(struct str name)
{
    size_t low = 0, high = feel_block_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(name, str_c(feel_blocks[middle].name));
        if (order == 0) return &feel_blocks[middle].span;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct feel_span feel_name_start[] = {
    {':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};
const size_t feel_name_start_count = sizeof feel_name_start / sizeof *feel_name_start;

const struct feel_span feel_name_char[] = {
    {'-', '.'},       {'0', ':'},       {'A', 'Z'},         {'_', '_'},       {'a', 'z'},
    {0xB7, 0xB7},     {0xC0, 0xD6},     {0xD8, 0xF6},       {0xF8, 0x37D},    {0x37F, 0x1FFF},
    {0x200C, 0x200D}, {0x203F, 0x2040}, {0x2070, 0x218F},   {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
    {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};
const size_t feel_name_char_count = sizeof feel_name_char / sizeof *feel_name_char;

bool feel_category_exists(struct str name)
{
    static const struct {
        char major;
        const char *minor;
    } categories[] = {{'L', "ultmo"}, {'M', "nce"},  {'N', "dlo"}, {'P', "cdseifo"},
                      {'Z', "slp"},   {'S', "mcko"}, {'C', "cfon"}};
    if (name.len < 1 || name.len > 2) return false;
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
        if (categories[i].major == name.ptr[0])
            return name.len == 1 || (name.ptr[1] && strchr(categories[i].minor, name.ptr[1]));
    return false;
}
