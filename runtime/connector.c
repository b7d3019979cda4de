/* Small things that belong to all connectors: references in option values, positions, look-up by name. */
#include "runtime/connector.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* --- references ------------------------------------------------------------------------------------ */
static rn_status read_reference(const char *path, rn_builder *out, rn_error *err) {
  FILE *file = fopen(path, "rbe");
  if (!file) return rn_fail(err, RN_E_OPTION_VALUE, "cannot read \"%s\" of ${file:..}: %s", path, strerror(errno));
  size_t before = out->len;
  char block[4096];
  size_t n;
  while ((n = fread(block, 1, sizeof block, file)) > 0 && out->len - before <= RN_REFERENCE_FILE_MAX)
    rn_builder_append(out, block, n);
  bool failed = ferror(file) != 0;
  (void)fclose(file);
  if (failed) return rn_fail(err, RN_E_OPTION_VALUE, "cannot read \"%s\" of ${file:..}", path);
  if (out->len - before > RN_REFERENCE_FILE_MAX)
    return rn_fail(err, RN_E_OPTION_VALUE, "\"%s\" of ${file:..} is larger than %d bytes", path, RN_REFERENCE_FILE_MAX);
  if (out->len > before && memchr(out->data + before, 0, out->len - before))
    return rn_fail(err, RN_E_OPTION_VALUE, "\"%s\" of ${file:..} is not text", path);
  /* The line end that every editor adds is not part of a password. */
  while (out->len > before && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == '\r'))
    out->data[--out->len] = 0;
  return RN_OK;
}

rn_status rn_option_expand(const char *value, rn_arena *arena, const char **out, rn_error *err) {
  rn_builder b = {0};
  rn_status status = RN_OK;
  for (const char *at = value; *at && status == RN_OK;) {
    bool env = strncmp(at, "${env:", 6) == 0, file = strncmp(at, "${file:", 7) == 0;
    const char *end = env || file ? strchr(at, '}') : NULL;
    if (!env && !file) {
      rn_builder_char(&b, *at++);
      continue;
    }
    if (!end) {
      status = rn_fail(err, RN_E_OPTION_VALUE, "reference \"%.40s\" has no closing }", at);
      break;
    }
    const char *body = at + (env ? 6 : 7);
    char *name = rn_strndup(body, (size_t)(end - body));
    if (env) {
      char *otherwise = strstr(name, ":-");
      if (otherwise) {
        *otherwise = 0;
        otherwise += 2;
      }
      const char *found = getenv(name);
      if (found && (*found || !otherwise)) /* as in a shell: :- also replaces an empty one */
        rn_builder_text(&b, found);
      else if (otherwise)
        rn_builder_text(&b, otherwise);
      else {
        (void)rn_fail(err, RN_E_OPTION_VALUE, "environment variable %s is not set", name);
        status = rn_hint(err, "set it, or write ${env:%s:-default}", name);
      }
    } else {
      status = read_reference(name, &b, err);
    }
    rn_free(name);
    at = end + 1;
  }
  if (status == RN_OK) *out = rn_arena_strndup(arena, b.data ? b.data : "", b.len);
  rn_builder_free(&b);
  return status;
}

/* --- positions, registry ----------------------------------------------------------------------------- */
void rn_positions_put(rn_positions *positions, const char *split, const char *position) {
  rn_position item = {rn_strdup(split), rn_strdup(position)};
  RN_VEC_PUSH(positions, item);
}
void rn_positions_free(rn_positions *positions) {
  for (size_t i = 0; i < positions->len; i++) {
    rn_free((void *)(uintptr_t)positions->data[i].split);
    rn_free((void *)(uintptr_t)positions->data[i].position);
  }
  RN_VEC_FREE(positions);
}

const rn_connector *rn_connector_find(const rn_registry *registry, rn_slice name) {
  for (size_t i = 0; i < registry->connector_count; i++)
    if (rn_slice_is(name, registry->connectors[i]->name)) return registry->connectors[i];
  return NULL;
}
const rn_format *rn_format_find(const rn_registry *registry, rn_slice name) {
  for (size_t i = 0; i < registry->format_count; i++)
    if (rn_slice_is(name, registry->formats[i]->name)) return registry->formats[i];
  return NULL;
}
