import ArgumentParser
@main struct Strata: ParsableCommand { func run() {} }
