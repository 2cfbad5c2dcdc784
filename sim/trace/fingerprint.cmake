# Writes OUT, a C++ file that holds one hash over the sources below ROOT/engine and ROOT/sim.
file(GLOB_RECURSE sources RELATIVE "${ROOT}" "${ROOT}/engine/*.[ch]pp" "${ROOT}/sim/*.[ch]pp")
list(SORT sources)
set(all "")
foreach(source IN LISTS sources)
  file(SHA256 "${ROOT}/${source}" hash)
  string(APPEND all "${source} ${hash}\n")
endforeach()
string(SHA256 fingerprint "${all}")
string(SUBSTRING "${fingerprint}" 0 16 fingerprint)
file(WRITE "${OUT}" "#include \"sim/trace/run_file.hpp\"\n\nnamespace logarium::trace {\n\n"
  "std::string source_fingerprint() { return \"${fingerprint}\"; }\n\n}  // namespace logarium::trace\n")
