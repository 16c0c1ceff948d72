@echo off
rem Starts qr-reduce from wherever this folder was put. JAVA_HOME, if set, says which Java, QR_REDUCE_OPTS more options of it.
setlocal
set JAVA=java
if defined JAVA_HOME set JAVA=%JAVA_HOME%\bin\java
if not defined OMP_WAIT_POLICY set OMP_WAIT_POLICY=passive
"%JAVA%" -XX:+UseSerialGC -Xms48m -XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow %QR_REDUCE_OPTS% -jar "%~dp0..\lib\@jar.name@" %*
exit /b %ERRORLEVEL%
