# One folder is one module: `src/noise/` is the target `fz_noise` is the namespace `fz::noise`.
#
#   fz_module(noise DEPS base wire crypto [LIBS PkgConfig::SODIUM] [EXCLUDE main.cpp])
#
# Sources are the folder's *.cpp without what EXCLUDE names. DEPS are the modules it may include:
# the layering table of ARCHITECTURE.md, which tests/lint checks against the includes.

add_library(fz_options INTERFACE)
target_include_directories(fz_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(fz_options INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wold-style-cast -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    # g++ 12, when it optimises, takes the inactive members of a std::variant for uninitialised.
    target_compile_options(fz_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(FZ_WERROR)
    target_compile_options(fz_options INTERFACE -Werror)
endif()
if(FZ_SANITIZE)
    target_compile_options(fz_options INTERFACE
        -fsanitize=${FZ_SANITIZE} -fno-sanitize-recover=undefined)
    target_link_options(fz_options INTERFACE -fsanitize=${FZ_SANITIZE})
endif()

function(fz_module name)
    cmake_parse_arguments(ARG "" "" "DEPS;LIBS;EXCLUDE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    list(TRANSFORM ARG_EXCLUDE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    list(REMOVE_ITEM sources ${ARG_EXCLUDE})
    list(TRANSFORM ARG_DEPS PREPEND fz_)
    if(sources)
        add_library(fz_${name} STATIC ${sources})
        target_link_libraries(fz_${name} PUBLIC fz_options ${ARG_DEPS} PRIVATE ${ARG_LIBS})
    else()
        add_library(fz_${name} INTERFACE)
        target_link_libraries(fz_${name} INTERFACE fz_options ${ARG_DEPS})
    endif()
endfunction()

# The tests of one module: tests/unit/<name>/*_test.cpp in one binary, a ctest entry per case.
#
#   fz_unit_test(noise [DEPS crypto])
function(fz_unit_test name)
    cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${name}/*.cpp)
    if(NOT sources)
        return()
    endif()
    list(TRANSFORM ARG_DEPS PREPEND fz_)
    add_executable(unit_${name} ${sources})
    target_include_directories(unit_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(unit_${name} PRIVATE fz_${name} ${ARG_DEPS} GTest::gtest_main)
    target_compile_definitions(unit_${name} PRIVATE
        FZ_TEST_VECTORS="${CMAKE_SOURCE_DIR}/tests/vectors")
    gtest_discover_tests(unit_${name} TEST_PREFIX "${FZ_TEST_PREFIX}${name}." PROPERTIES LABELS unit TIMEOUT 60
        DISCOVERY_TIMEOUT 60)
endfunction()

# A fuzz target with its committed corpus: tests/fuzz/<name>.cpp defines LLVMFuzzerTestOneInput,
# tests/fuzz/corpus/<name>/ is replayed by ctest with any compiler.
#
#   fz_fuzz_target(stun_message DEPS stun)
function(fz_fuzz_target name)
    cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
    list(TRANSFORM ARG_DEPS PREPEND fz_)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.cpp
        ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_DEPS} fz_options)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz-replay TIMEOUT 60)
endfunction()
