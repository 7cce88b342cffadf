using CoAgent.Fixtures.Conformance;
using CoAgent.Fixtures.Echo;
using CoAgent.Fixtures.Escapes;
using CoAgent.Fixtures.Faulty;
using CoAgent.Fixtures.Hosting;
using CoAgent.Fixtures.Ledger;
using CoAgent.Fixtures.Raw;
using CoAgent.Fixtures.Wire;

const string Usage =
    $"""
    usage: coagent-fixture conformance [--http PORT]
           coagent-fixture echo [--http PORT] [--token TOKEN]
           coagent-fixture raw --script FILE [--record FILE] [--http PORT]
           coagent-fixture faulty MODE [--once FILE] [--megabytes N] [--grandchild-file FILE]
               modes: {FaultyStdio.Modes}
           coagent-fixture faulty-http MODE --http PORT [--calls N] [--seconds N] [--token TOKEN] [--record FILE]
               modes: {FaultyHttp.Modes}
           coagent-fixture withhold --when FILE COMMAND…
           coagent-fixture ledger [--store FILE]
           coagent-fixture escape WAY…
               ways: {EscapeAttempt.Ways}
    Each takes --pid-file FILE; with --http also --until-eof, which ends it with its standard input.
    Port 0 is any free port; the first line on standard output says which: listening URL.
    """;

using var stop = new StopSignals();
try
{
    var arguments = FixtureArguments.Parse([.. args.Skip(1)]);
    stop.WatchInput(arguments.Has("--until-eof"));
    if (arguments.Find("--pid-file") is { } file)
    {
        await File.WriteAllTextAsync(file, Environment.ProcessId.ToString());
    }

    return await RunAsync(args.FirstOrDefault(), arguments);
}
catch (UsageException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}{Environment.NewLine}{Usage}");
    return 2;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 0;
}

Task<int> RunAsync(string? verb, FixtureArguments arguments) => verb switch
{
    "conformance" => RunConformanceAsync(arguments),
    "echo" => RunEchoAsync(arguments),
    "raw" => RunRawAsync(arguments),
    "faulty" => new FaultyStdio(arguments, TimeProvider.System).RunAsync(stop.Token),
    "ledger" => new StdioLoop(new LedgerServer(arguments.Find("--store"))).RunAsync(stop.Token),
    "escape" => Task.FromResult(EscapeAttempt.Run(arguments)),
    "withhold" => WithholdingRelay.RunAsync(arguments, stop.Token),
    "faulty-http" => RunFaultyHttpAsync(arguments),
    _ => throw new UsageException("The verb is missing or not known."),
};

Task<int> RunConformanceAsync(FixtureArguments arguments)
{
    var server = new ConformanceServer(TimeProvider.System);
    return arguments.FindNumber("--http") is { } port
        ? LoopbackHost.RunAsync(port, new ConformanceHttp(server).HandleAsync, stop.Token)
        : ConformanceStdio.RunAsync(server, stop.Token);
}

Task<int> RunEchoAsync(FixtureArguments arguments)
{
    var server = new EchoServer(TimeProvider.System);
    return arguments.FindNumber("--http") is { } port
        ? LoopbackHost.RunAsync(port, new WireHttp(server) { Token = arguments.Find("--token") }.HandleAsync, stop.Token)
        : new StdioLoop(server).RunAsync(stop.Token);
}

async Task<int> RunFaultyHttpAsync(FixtureArguments arguments)
{
    using var recorder = arguments.Find("--record") is { } file ? new Recorder(file) : null;
    var server = new FaultyHttp(arguments, TimeProvider.System, recorder);
    return await LoopbackHost.RunAsync(arguments.FindNumber("--http") ?? 0, server.HandleAsync, stop.Token);
}

async Task<int> RunRawAsync(FixtureArguments arguments)
{
    var server = new RawServer(ScriptRule.ReadAll(arguments.Require("--script")));
    using var recorder = arguments.Find("--record") is { } file ? new Recorder(file) : null;
    return arguments.FindNumber("--http") is { } port
        ? await LoopbackHost.RunAsync(
            port,
            new WireHttp(server) { Token = arguments.Find("--token"), Received = Record }.HandleAsync,
            stop.Token)
        : await new StdioLoop(server) { Received = Record, Started = server.StartAsync }.RunAsync(stop.Token);

    void Record(ReadOnlyMemory<byte> line) => recorder?.Write(line);
}
