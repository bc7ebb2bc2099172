#include <stdio.h>

int main(void)
{
    puts("tongban " "0.1.0");
    return 0;
}
