using CoAgent.Fixtures.Conformance;
using CoAgent.Fixtures.Hosting;

const string Usage = "usage: coagent-fixture conformance [--http PORT]";

using var stop = new StopSignals();
try
{
    var arguments = FixtureArguments.Parse([.. args.Skip(1)]);
    stop.WatchInput(arguments.Has("--until-eof"));
    return args.FirstOrDefault() switch
    {
        "conformance" => await RunConformanceAsync(arguments),
        _ => throw new UsageException("The verb is missing or not known."),
    };
}
catch (UsageException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}{Environment.NewLine}{Usage}");
    return 2;
}

Task<int> RunConformanceAsync(FixtureArguments arguments)
{
    var server = new ConformanceServer(TimeProvider.System);
    return arguments.FindNumber("--http") is { } port
        ? LoopbackHost.RunAsync(port, new ConformanceHttp(server).HandleAsync, stop.Token)
        : ConformanceStdio.RunAsync(server, stop.Token);
}
