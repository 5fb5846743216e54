#define _GNU_SOURCE
#include "CGlibcFloor.h"

#include <stdlib.h>

#if defined(__linux__) && defined(__GLIBC__)
#include <dlfcn.h>
#include <link.h>

// Of glibc 2.35: by it the unwinder inside the program finds the tables of the object that an address
// lies in. Looking through all objects is what unwinders did before there was it.
#ifdef DLFO_STRUCT_HAS_EH_DBASE
struct search {
  ElfW(Addr) address;
  struct dl_find_object *result;
};

static int look(struct dl_phdr_info *object, size_t size, void *context) {
  struct search *search = context;
  const ElfW(Phdr) *frame = NULL;
  ElfW(Addr) start = 0, end = 0;
  int holds = 0;
  (void)size;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type == PT_GNU_EH_FRAME) frame = header;
    if (header->p_type != PT_LOAD) continue;
    ElfW(Addr) first = object->dlpi_addr + header->p_vaddr;
    ElfW(Addr) last = first + header->p_memsz;
    if (end == 0 || first < start) start = first;
    if (last > end) end = last;
    if (search->address >= first && search->address < last) holds = 1;
  }
  if (!holds || frame == NULL) return holds ? -1 : 0;
  *search->result = (struct dl_find_object){
      .dlfo_map_start = (void *)start,
      .dlfo_map_end = (void *)end,
      .dlfo_eh_frame = (void *)(object->dlpi_addr + frame->p_vaddr),
  };
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(ElfW(Addr))address, result};
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}
#endif
#endif
